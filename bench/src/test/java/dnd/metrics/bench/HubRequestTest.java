package dnd.metrics.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class HubRequestTest {
  private final JsonMapper json = new JsonMapper();

  @Test
  void anAnswerHasData() throws IOException {
    assertThat(
            HubRequest.data(
                    "metrics.status",
                    json.readTree("{\"data\":{\"status\":\"success\",\"result\":7}}"))
                .path("result")
                .intValue())
        .isEqualTo(7);
  }

  @Test
  void anErrorIsThrownAsItCame() {
    String error = "{\"data\":{\"status\":\"error\",\"code\":\"invalid_retention\"}}";
    assertThatThrownBy(() -> HubRequest.data("metrics.retention", json.readTree(error)))
        .isInstanceOf(IOException.class)
        .hasMessage("metrics.retention was answered with " + error);
  }
}
