package dnd.metrics.server.hub.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dnd.metrics.server.hub.Headers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeaderBlockTest {
  private static Headers decode(String block) {
    byte[] bytes = ("xx" + block + "yy").getBytes(UTF_8);
    return HeaderBlock.decode(bytes, 2, bytes.length - 2);
  }

  @Test
  void whatIsWrittenIsRead() {
    Headers headers = new Headers(Map.of("Nats-Msg-Id", List.of("1", "zwö"), "B", List.of("")));
    byte[] block = HeaderBlock.encode(headers);
    assertThat(new String(block, UTF_8)).startsWith("NATS/1.0\r\n").endsWith("\r\n\r\n");
    assertThat(HeaderBlock.decode(block, 0, block.length)).isEqualTo(headers);
  }

  @Test
  void noHeadersAreNoBlock() {
    assertThat(HeaderBlock.encode(Headers.NONE)).isEmpty();
    assertThat(decode("")).isEqualTo(Headers.NONE);
  }

  @Test
  void readsAStatusLineAndLinesThatAreNone() {
    assertThat(decode("NATS/1.0 503 No Responders\r\n\r\n")).isEqualTo(Headers.NONE);
    assertThat(decode("NATS/1.0\r\nno colon\r\n: no name\r\nA:b\r\nA:  c \r\n\r\n"))
        .isEqualTo(new Headers(Map.of("A", List.of("b", "c"))));
    assertThat(decode("garbage")).isEqualTo(Headers.NONE);
  }

  @Test
  void refusesWhatWouldBreakTheBlock() {
    for (Headers headers :
        List.of(Headers.of("A:B", "x"), Headers.of("", "x"), Headers.of("A", "x\ny"))) {
      assertThatIllegalArgumentException().isThrownBy(() -> HeaderBlock.encode(headers));
    }
  }
}
