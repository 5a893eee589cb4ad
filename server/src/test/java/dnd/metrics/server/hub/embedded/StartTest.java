package dnd.metrics.server.hub.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartTest {
  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    EmbeddedHub first = EmbeddedHub.start(TestHub.options());
    try {
      int port = first.address().getPort();
      assertThatExceptionOfType(HubStartException.class)
          .isThrownBy(() -> EmbeddedHub.start(TestHub.options().withListen("127.0.0.1", port)))
          .withMessageContaining("127.0.0.1:" + port)
          .withMessageContaining("in use");
    } finally {
      first.close();
    }
  }

  @Test
  void aPortIsFreeAgainAfterClose() throws Exception {
    EmbeddedHub first = EmbeddedHub.start(TestHub.options());
    int port = first.address().getPort();
    try (RawClient client = new RawClient(first.address())) {
      client.sync();
      first.close();
      EmbeddedHub second = EmbeddedHub.start(TestHub.options().withListen("127.0.0.1", port));
      try {
        assertThat(second.address().getPort()).isEqualTo(port);
      } finally {
        second.close();
      }
    }
  }

  @Test
  void listensBeyondTheLoopbackOnlyWithCredentialsOrWhenToldSo() throws Exception {
    HubOptions open = TestHub.options().withListen("0.0.0.0", 0);
    assertThatExceptionOfType(HubStartException.class)
        .isThrownBy(() -> EmbeddedHub.start(open))
        .withMessageContaining("0.0.0.0:0")
        .withMessageContaining("credentials")
        .withMessageContaining("TLS is missing")
        .withMessageContaining("allow_insecure");
    EmbeddedHub withToken = EmbeddedHub.start(open.withToken("secret"));
    withToken.close();
    EmbeddedHub toldSo = EmbeddedHub.start(open.withAllowInsecure(true));
    assertThat(toldSo.url()).startsWith("nats://0.0.0.0:");
    toldSo.close();
  }

  @Test
  void unknownHostsAreNamed() {
    assertThatExceptionOfType(HubStartException.class)
        .isThrownBy(
            () -> EmbeddedHub.start(TestHub.options().withListen("no.such.host.invalid", 0)))
        .withMessageContaining("no.such.host.invalid");
  }

  @Test
  void tlsFilesThatCannotBeUsedAreNamed(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("missing.pem");
    Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing");
    assertThatExceptionOfType(HubStartException.class)
        .isThrownBy(
            () -> EmbeddedHub.start(TestHub.options().withTls(new HubTls(missing, missing, false))))
        .withMessageContaining("missing.pem");
    assertThatExceptionOfType(HubStartException.class)
        .isThrownBy(
            () -> EmbeddedHub.start(TestHub.options().withTls(new HubTls(empty, empty, false))))
        .withMessageContaining("TLS");
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    HubOptions options = TestHub.options();
    HubUser user = new HubUser("a", "b", HubPermissions.ALL);
    assertThatIllegalArgumentException().isThrownBy(() -> options.withListen("x", 70_000));
    assertThatIllegalArgumentException().isThrownBy(() -> options.withMaxPayloadBytes(0));
    assertThatIllegalArgumentException().isThrownBy(() -> options.withToken(""));
    assertThatIllegalArgumentException().isThrownBy(() -> options.withUsers(List.of(user, user)));
    assertThatIllegalArgumentException().isThrownBy(() -> new HubUser("a", "", HubPermissions.ALL));
  }

  @Test
  void secretsDoNotShowInText() {
    HubOptions options =
        TestHub.options()
            .withToken("t0ken")
            .withUsers(List.of(new HubUser("a", "passw0rd", HubPermissions.ALL)));
    assertThat(options.toString()).doesNotContain("t0ken").doesNotContain("passw0rd");
  }
}
