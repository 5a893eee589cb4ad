package dnd.metrics.server.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestWordTest {
  private static final List<String> WORDS = List.of("subscriptions", "listen", "users");

  @Test
  void fewEditsAreForgiven() {
    assertThat(NearestWord.of("subscriptons", WORDS)).contains("subscriptions");
    assertThat(NearestWord.of("LISTNE", WORDS)).contains("listen");
    assertThat(NearestWord.of("user", WORDS)).contains("users");
  }

  @Test
  void anotherWordIsNoMistyping() {
    assertThat(NearestWord.of("quantum", WORDS)).isEmpty();
    assertThat(NearestWord.of("x", WORDS)).isEmpty();
    assertThat(NearestWord.of("users", List.of())).isEmpty();
  }
}
