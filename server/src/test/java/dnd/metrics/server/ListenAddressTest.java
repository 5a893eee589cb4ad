package dnd.metrics.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ListenAddressTest {
  @Test
  void hostsAndPortsAreRead() {
    assertThat(ListenAddress.parse("127.0.0.1:4222"))
        .isEqualTo(new ListenAddress("127.0.0.1", 4222));
    assertThat(ListenAddress.parse("hub.example:0")).isEqualTo(new ListenAddress("hub.example", 0));
    assertThat(ListenAddress.parse("[::1]:4222")).isEqualTo(new ListenAddress("::1", 4222));
    assertThat(new ListenAddress("::1", 4222)).hasToString("[::1]:4222");
  }

  @Test
  void anythingElseIsRefused() {
    for (String text :
        new String[] {"", "4222", ":4222", "host", "host:", "host:x", "::1:4222", "host:65536"}) {
      assertThatThrownBy(() -> ListenAddress.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
