package dnd.metrics.server.hub.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.hub.Headers;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try") // a NATS connection's close can be interrupted; a test then fails
class TlsTest {
  private static final Duration SOON = Duration.ofMinutes(1);

  @TempDir private static Path folder;
  private static TestCertificate ec;

  @BeforeAll
  static void createCertificate() throws Exception {
    ec = TestCertificate.create(folder, "EC");
  }

  private static EmbeddedHub start(TestCertificate certificate, boolean handshakeFirst)
      throws HubStartException {
    return EmbeddedHub.start(
        TestHub.options()
            // A first handshake loads many classes: on a busy machine that takes its time.
            .withTimes(SOON, Duration.ofMinutes(2), 2, SOON, Duration.ZERO)
            .withTls(new HubTls(certificate.certFile(), certificate.keyFile(), handshakeFirst)));
  }

  private static Options.Builder options(EmbeddedHub hub, TestCertificate certificate)
      throws Exception {
    return options(hub, certificate, "TLS");
  }

  private static Options.Builder options(
      EmbeddedHub hub, TestCertificate certificate, String protocol) throws Exception {
    return new Options.Builder()
        .server("nats://127.0.0.1:" + hub.address().getPort())
        .sslContext(certificate.trusting(protocol))
        .connectionTimeout(SOON)
        .maxReconnects(0);
  }

  @ParameterizedTest
  @CsvSource({"EC, false", "RSA, false", "Ed25519, true"})
  void talksOverTls(String algorithm, boolean handshakeFirst) throws Exception {
    TestCertificate certificate =
        algorithm.equals("EC") ? ec : TestCertificate.create(folder, algorithm);
    EmbeddedHub hub = start(certificate, handshakeFirst);
    hub.subscribe(
        "large.*",
        null,
        message -> hub.publish(message.replyTo(), null, Headers.NONE, message.copyPayload()));
    Options.Builder options = options(hub, certificate);
    if (handshakeFirst) {
      options.tlsFirst();
    }
    try (Connection client = Nats.connect(options.build())) {
      assertThat(client.getServerInfo().isTLSRequired()).isTrue();
      for (int size : new int[] {0, 1, 20_000, 1 << 20}) {
        byte[] payload = new byte[size];
        java.util.Arrays.fill(payload, (byte) size);
        assertThat(client.request("large.x", payload, SOON).getData()).isEqualTo(payload);
      }
    } finally {
      hub.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLS"})
  void whatIsPublishedAfterDrainStillArrivesAndNothingIsTakenIn(String protocol) throws Exception {
    EmbeddedHub hub = start(ec, false);
    AtomicInteger taken = new AtomicInteger();
    hub.subscribe("in", null, message -> taken.incrementAndGet());
    try (Connection client = Nats.connect(options(hub, ec, protocol).build())) {
      var subscription = client.subscribe("out");
      client.publish("in", new byte[0]);
      client.flush(SOON);
      hub.drain();
      for (int i = 0; i < 3; i++) { // more than one write: the first may get through by chance
        client.publish("in", new byte[0]);
        client.flushBuffer();
        hub.publish("out", null, Headers.NONE, "late".getBytes(UTF_8));
        assertThat(subscription.nextMessage(SOON).getData()).isEqualTo("late".getBytes(UTF_8));
      }
    } finally {
      hub.close();
    }
    assertThat(taken).hasValue(1);
  }

  @Test
  void aPlainClientIsRefused() throws Exception {
    EmbeddedHub hub = start(ec, false);
    try {
      Options plain =
          new Options.Builder()
              .server("nats://127.0.0.1:" + hub.address().getPort())
              .maxReconnects(0)
              .build();
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> Nats.connect(plain));
      try (Socket socket = RawClient.connected(hub.address(), 0)) {
        socket.getOutputStream().write("CONNECT {}\r\nPING\r\n".getBytes(UTF_8));
        await().atMost(SOON).until(() -> hub.statistics().protocolErrors() >= 1);
      }
      await().atMost(SOON).until(() -> hub.statistics().connections() == 0);
    } finally {
      hub.close();
    }
  }
}
