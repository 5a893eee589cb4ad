package dnd.metrics.server.storage.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dnd.metrics.events.Envelope;
import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.Problem;
import dnd.metrics.server.request.Request;
import dnd.metrics.server.storage.CurrentRetention;
import dnd.metrics.server.storage.Retention;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class RetentionHandlerTest {
  private static final Retention CONFIGURED = new Retention(86_400_000, 1 << 30, List.of());
  private static final String RETENTION =
      "{'time': '30d', 'size': '2GiB', 'rules': [{'match': '{a=`b`}', 'time': '1w'}]}";

  @TempDir Path folder;
  private final CurrentRetention current =
      new CurrentRetention(CONFIGURED, Optional.empty(), Long.MAX_VALUE);

  private JsonNode ask(String service, String data) throws InvalidEventException {
    String event = "{'type':'metrics.retention','data':" + data + "}";
    byte[] bytes = event.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    Request request = new Request(service, null, "c1", Envelope.read(bytes, 0, bytes.length));
    return new RetentionHandler(current, new RetentionFile(folder), new Operators(Set.of("cli")))
        .answer(request)
        .get("result");
  }

  private Problem refused(String service, String data) {
    return catchThrowableOfType(InvalidEventException.class, () -> ask(service, data)).problem();
  }

  @Test
  void whatIsSetHoldsAlsoAfterARestart() throws Exception {
    JsonNode before = ask("dice", "{'action':'get'}");
    assertThat(before.get("source").stringValue()).isEqualTo("configuration");
    assertThat(before.get("retention").get("time").stringValue()).isEqualTo("1d");
    JsonNode after = ask("cli", "{'action':'set','retention':" + RETENTION + "}");
    assertThat(after.get("source").stringValue()).isEqualTo("event");
    assertThat(after.get("retention").toString())
        .isEqualTo(
            "{'time':'30d','size':'2GiB','rules':[{'match':'{a=\\\"b\\\"}','time':'1w'}]}"
                .replace('\'', '"'));
    assertThat(after.get("configured").get("size").stringValue()).isEqualTo("1GiB");
    assertThat(current.get().keptMillis()).isEqualTo(30 * 86_400_000L);
    assertThat(new RetentionFile(folder).read()).contains(current.get());
    JsonNode reset = ask("cli", "{'action':'reset'}");
    assertThat(reset.get("source").stringValue()).isEqualTo("configuration");
    assertThat(current.get()).isEqualTo(CONFIGURED);
    assertThat(new RetentionFile(folder).read()).isEmpty();
  }

  @Test
  void itIsCheckedAsTheConfigurationIs() throws IOException {
    Problem wrong = refused("cli", "{'action':'set','retention':{'tme':'30d','size':'1'}}");
    assertThat(wrong.code()).isEqualTo(ErrorCode.INVALID_RETENTION);
    assertThat(wrong.description()).contains("did you mean 'time'?").contains("size");
    assertThat(refused("cli", "{'action':'set','retention':[]}").code())
        .isEqualTo(ErrorCode.INVALID_RETENTION);
    assertThat(refused("cli", "{'action':'set'}").code()).isEqualTo(ErrorCode.MISSING_FIELD);
    assertThat(refused("cli", "{'action':'forget'}").code()).isEqualTo(ErrorCode.UNKNOWN_ACTION);
    assertThat(current.get()).isEqualTo(CONFIGURED);
    assertThat(new RetentionFile(folder).read()).isEmpty();
  }

  @Test
  void onlyOperatorsChangeIt() {
    assertThat(refused("dice", "{'action':'set','retention':" + RETENTION + "}").code())
        .isEqualTo(ErrorCode.NOT_PERMITTED);
    assertThat(refused("dice", "{'action':'reset'}").code()).isEqualTo(ErrorCode.NOT_PERMITTED);
    assertThat(current.get()).isEqualTo(CONFIGURED);
  }

  @Test
  void whatCannotBeReadIsNotPassedOver() throws Exception {
    ask("cli", "{'action':'set','retention':" + RETENTION + "}");
    Path file = folder.resolve("retention.yaml");
    Files.writeString(file, Files.readString(file).replace("30d", "thirty"));
    assertThatThrownBy(() -> new RetentionFile(folder).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("retention.yaml:")
        .hasMessageContaining("thirty");
  }

  @Test
  void whereItCannotBeWrittenItStaysAsItIs() throws Exception {
    Files.createDirectory(folder.resolve("retention.yaml.partial"));
    Files.createFile(folder.resolve("retention.yaml.partial/x"));
    assertThat(refused("cli", "{'action':'set','retention':" + RETENTION + "}").code())
        .isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
    assertThat(current.get()).isEqualTo(CONFIGURED);
  }
}
