package dnd.metrics.server.hub.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.database.UnspeakableError;
import dnd.metrics.server.hub.Headers;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The protocol byte by byte, as nats-server speaks it. */
class ProtocolTest {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String CONNECT =
      "CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true,\"protocol\":1}\r\n";

  private EmbeddedHub hub;

  @BeforeEach
  void open() throws Exception {
    hub = EmbeddedHub.start(TestHub.options());
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private void reopen(HubOptions options) throws Exception {
    hub.close();
    hub = EmbeddedHub.start(options);
  }

  private RawClient connect(String connect) throws IOException {
    RawClient client = new RawClient(hub.address());
    client.send(connect);
    return client;
  }

  private RawClient connect() throws IOException {
    return connect(CONNECT).sync();
  }

  @Test
  void infoSaysWhatTheHubIs() throws Exception {
    try (RawClient client = new RawClient(hub.address())) {
      JsonNode info = JsonMapper.shared().readTree(client.info.substring("INFO ".length()));
      assertThat(info.get("server_id").stringValue()).isNotEmpty();
      assertThat(info.get("server_name").stringValue()).isEqualTo("dnd-metrics");
      assertThat(info.get("version").stringValue()).startsWith("2.1");
      assertThat(info.get("proto").intValue()).isEqualTo(1);
      assertThat(info.get("headers").booleanValue()).isTrue();
      assertThat(info.get("max_payload").intValue()).isEqualTo(1 << 20);
      assertThat(info.get("port").intValue()).isEqualTo(hub.address().getPort());
      assertThat(info.get("client_id").longValue()).isPositive();
      assertThat(info.get("client_ip").stringValue()).isEqualTo("127.0.0.1");
      assertThat(info.get("jetstream").booleanValue()).isFalse();
      for (String absent :
          List.of("nonce", "connect_urls", "auth_required", "tls_required", "ldm")) {
        assertThat(info.has(absent)).as(absent).isFalse();
      }
    }
  }

  @Test
  void worksWithoutConnectWhereNoCredentialsAreAskedFor() throws Exception {
    try (RawClient client = new RawClient(hub.address())) {
      client.send("SUB a 1\r\nPUB a 2\r\nhi\r\n");
      client.expect("MSG a 1 2", "hi");
    }
  }

  @Test
  void messagesCarrySubjectSidReplyAndSize() throws Exception {
    try (RawClient client = connect()) {
      client.send("SUB a.* 7\r\nPUB a.b re.ply 3\r\nxyz\r\nPUB a.c 0\r\n\r\n");
      client.expect("MSG a.b 7 re.ply 3", "xyz", "MSG a.c 7 0", "");
    }
  }

  @Test
  void headersPassUntouched() throws Exception {
    try (RawClient client = connect();
        RawClient plain = connect("CONNECT {\"headers\":false}\r\n").sync()) {
      plain.send("SUB h 1\r\n");
      plain.sync();
      client.send("SUB h 9\r\nHPUB h r 18 20\r\nNATS/1.0\r\nA: b\r\n\r\nhi\r\n");
      client.expect("HMSG h 9 r 18 20", "NATS/1.0", "A: b", "", "hi");
      // A client without headers gets the payload alone.
      plain.expect("MSG h 1 r 2", "hi");
    }
  }

  @Test
  void aRequestThatNobodyTakesIsAnsweredAtOnce() throws Exception {
    try (RawClient client = connect()) {
      client.send("SUB _INBOX.x.* 3\r\nPUB no.body _INBOX.x.1 2\r\nhi\r\n");
      client.expect("HMSG _INBOX.x.1 3 39 39", "NATS/1.0 503", "Nats-Subject: no.body", "", "");
      hub.subscribe("no.body", null, message -> {});
      client.send("PUB no.body _INBOX.x.2 2\r\nhi\r\n");
      client.sync();
    }
  }

  /** A handler never gets one that it could not answer on. */
  @Test
  void aReplySubjectThatNothingCanBePublishedToIsNone() throws Exception {
    List<String> replies = new CopyOnWriteArrayList<>();
    hub.subscribe("in", null, message -> replies.add("" + message.replyTo()));
    try (RawClient client = connect()) {
      for (String reply : List.of("x.*", "a..b", "x.y", "x.>", "x.*y")) {
        client.send("PUB in " + reply + " 2\r\nhi\r\n");
      }
      client.sync();
    }
    assertThat(replies).containsExactly("null", "null", "x.y", "null", "x.*y");
  }

  @Test
  void aRequesterThatDidNotAskForItIsNotTold() throws Exception {
    try (RawClient client = connect("CONNECT {\"headers\":true}\r\n")) {
      client.send("SUB _INBOX.x.* 3\r\nPUB no.body _INBOX.x.1 2\r\nhi\r\n");
      client.sync();
    }
  }

  @Test
  void unsubscribeEndsAtOnceOrAfterSoMany() throws Exception {
    try (RawClient client = connect()) {
      client.send("SUB a 1\r\nUNSUB 1 3\r\n");
      client.send("PUB a 1\r\n1\r\nPUB a 1\r\n2\r\nPUB a 1\r\n3\r\nPUB a 1\r\n4\r\n");
      client.expect("MSG a 1 1", "1", "MSG a 1 1", "2", "MSG a 1 1", "3").sync();
      client.send("SUB a 2\r\nPUB a 1\r\n5\r\nUNSUB 2\r\nPUB a 1\r\n6\r\n");
      client.expect("MSG a 2 1", "5").sync();
      // A maximum that was already reached ends it at once; an unknown sid is no matter.
      client.send("SUB a 3\r\nPUB a 1\r\n7\r\nUNSUB 3 1\r\nPUB a 1\r\n8\r\nUNSUB 99\r\n");
      client.expect("MSG a 3 1", "7").sync();
      await().atMost(SOON).until(() -> hub.statistics().subscriptions() == 0);
    }
  }

  @Test
  void aSidIsTakenOnce() throws Exception {
    try (RawClient client = connect()) {
      client.send("SUB a 1\r\nSUB b 1\r\nPUB a 0\r\n\r\nPUB b 0\r\n\r\n");
      client.expect("MSG a 1 0", "").sync();
    }
  }

  @Test
  void verboseClientsAreToldOfEachSuccess() throws Exception {
    try (RawClient client = connect("CONNECT {\"verbose\":true}\r\n")) {
      client.expect("+OK");
      client.send("SUB a 1\r\n");
      client.expect("+OK");
      client.send("PUB a 2\r\nhi\r\n");
      client.expect("+OK", "MSG a 1 2", "hi");
      client.send("UNSUB 1\r\n");
      client.expect("+OK");
      client.send("PING\r\n");
      client.expect("PONG");
    }
  }

  @Test
  void pedanticClientsAreToldOfSubjectsThatAreNone() throws Exception {
    try (RawClient client = connect("CONNECT {\"pedantic\":true}\r\n")) {
      client.send("PUB a.* 0\r\n\r\n");
      client.expect("-ERR 'Invalid Publish Subject'").sync();
    }
    try (RawClient client = connect()) {
      client.send("PUB a.* 0\r\n\r\n");
      client.sync();
    }
  }

  @Test
  void aSubscriptionToWhatIsNoSubjectIsRefusedAndNothingElse() throws Exception {
    try (RawClient client = connect()) {
      for (String subject : List.of("a..b", ">.a", ".a", "a.")) {
        client.send("SUB " + subject + " 1\r\n");
        client.expect("-ERR 'Invalid Subject'");
      }
      client.sync();
    }
  }

  @Test
  void echoCanBeTurnedOff() throws Exception {
    try (RawClient client = connect("CONNECT {\"echo\":false}\r\n");
        RawClient other = connect()) {
      client.send("SUB a 1\r\nSUB q group 2\r\n");
      client.sync();
      other.send("SUB q group 1\r\n");
      other.sync();
      client.send("PUB a 4\r\nmine\r\nPUB q 1\r\nx\r\n");
      client.sync();
      other.expect("MSG q 1 1", "x");
      other.send("PUB a 5\r\nother\r\n");
      client.expect("MSG a 1 5", "other");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n",
        "PUB\r\n",
        "PUB a x\r\n",
        "SUB a\r\n",
        "UNSUB\r\n",
        "\r\n",
        "CONNECT {\r\n",
        "CONNECT []\r\n",
        "CONNECT {\"verbose\":3}\r\n",
        "PUB a 2\r\nabc\r\n",
        "HPUB a 9 5\r\nx"
      })
  void malformedInputEndsTheConnectionAndNoOther(String input) throws Exception {
    try (RawClient healthy = connect();
        RawClient client = connect()) {
      healthy.send("SUB a 1\r\n");
      healthy.sync();
      client.send(input);
      client.expect("-ERR 'Unknown Protocol Operation'").expectEnd();
      healthy.send("PUB a 2\r\nok\r\n");
      healthy.expect("MSG a 1 2", "ok");
    }
    assertThat(hub.statistics().protocolErrors()).isEqualTo(1);
  }

  @Test
  void aPayloadOneByteTooLargeEndsTheConnection() throws Exception {
    try (RawClient client = connect()) {
      client.send("SUB a 1\r\nPUB a " + (1 << 20) + "\r\n");
      client.send(new byte[1 << 20]);
      client.send("\r\n");
      client.expect("MSG a 1 " + (1 << 20));
      client.line();
      client.send("PUB a " + ((1 << 20) + 1) + "\r\n");
      client.send(new byte[(1 << 20) + 1]);
      client.expect("-ERR 'Maximum Payload Violation'").expectEnd();
    }
  }

  @Test
  void aLineThatIsTooLongEndsTheConnection() throws Exception {
    try (RawClient client = connect()) {
      client.send("SUB " + "a".repeat(4090) + " 1\r\n");
      client.sync();
      client.send("SUB " + "a".repeat(5000));
      client.expect("-ERR 'maximum control line exceeded'").expectEnd();
    }
  }

  @Test
  void headersMustBeAgreedOn() throws Exception {
    try (RawClient client = connect("CONNECT {\"headers\":false}\r\n")) {
      client.send("HPUB a 12 12\r\nNATS/1.0\r\n\r\n\r\n");
      client.expect("-ERR 'message headers not supported'").expectEnd();
    }
    try (RawClient client = connect("CONNECT {\"no_responders\":true}\r\n")) {
      client.expect("-ERR 'no responders requires headers support'").expectEnd();
    }
    try (RawClient client = connect("CONNECT {\"protocol\":7}\r\n")) {
      client.expect("-ERR 'invalid client protocol'").expectEnd();
    }
  }

  @Test
  void moreSubscriptionsThanAllowedAreRefused() throws Exception {
    reopen(TestHub.options().withLimits(10, 2, 1 << 20));
    try (RawClient client = connect()) {
      client.send("SUB a 1\r\nSUB b 2\r\nSUB c 3\r\n");
      client.expect("-ERR 'maximum subscriptions exceeded'");
      client.send("UNSUB 1\r\nSUB c 3\r\n");
      client.sync();
    }
  }

  @Test
  void moreConnectionsThanAllowedAreRefused() throws Exception {
    reopen(TestHub.options().withLimits(2, 10, 1 << 20));
    try (RawClient first = connect()) {
      try (RawClient second = connect();
          RawClient third = new RawClient(hub.address())) {
        third.expect("-ERR 'maximum connections exceeded'").expectEnd();
        first.sync();
        second.sync();
      }
      assertThat(hub.statistics().refusedConnections()).isEqualTo(1);
      await().atMost(SOON).until(() -> hub.statistics().connections() == 1);
      try (RawClient fourth = connect()) {
        fourth.sync();
      }
    }
  }

  @Test
  void whoIsRefusedAndStaysIsClosedNevertheless() throws Exception {
    reopen(TestHub.options().withLimits(1, 10, 1 << 20));
    try (RawClient first = connect();
        RawClient refused = new RawClient(hub.address())) {
      refused.expect("-ERR 'maximum connections exceeded'").expectEnd();
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(() ->
              assertThatThrownBy(() -> refused.send("PING\r\n"))
                  .isInstanceOf(SocketException.class));
      first.sync();
    }
  }

  @Test
  void ofVeryManyThatAreRefusedSomeAreTurnedAwayWithoutAWord() throws Exception {
    hub.close();
    // By a clock that stands still whoever was told and stays is never closed, and keeps its place.
    hub = EmbeddedHub.start(TestHub.options().withLimits(1, 10, 1 << 20), () -> 0);
    List<Socket> many = new ArrayList<>();
    try (RawClient first = connect()) {
      for (int i = 0; i < 300; i++) {
        many.add(new Socket(hub.address().getAddress(), hub.address().getPort()));
      }
      int told = 0;
      for (Socket each : many) {
        each.setSoTimeout(60_000);
        byte[] said = each.getInputStream().readAllBytes(); // to the end: all of them are ended
        if (said.length > 0) {
          assertThat(new String(said, UTF_8))
              .matches("(?s)INFO .*-ERR 'maximum connections exceeded'\r\n");
          told++;
        }
      }
      // More than there are places for, where one that was told ended before the last had come.
      assertThat(told).isBetween(64, 299);
      assertThat(hub.statistics().refusedConnections()).isEqualTo(300);
      first.sync();
    } finally {
      for (Socket each : many) {
        each.close();
      }
    }
  }

  @Test
  void aSilentClientIsAskedAndThenCutOff() throws Exception {
    reopen(
        TestHub.options()
            .withTimes(
                Duration.ofSeconds(10),
                Duration.ofMillis(50),
                2,
                Duration.ofSeconds(2),
                Duration.ZERO));
    try (RawClient client = connect()) {
      client.expect("PING", "PING", "-ERR 'Stale Connection'").expectEnd();
    }
    assertThat(hub.statistics().staleConnections()).isEqualTo(1);
  }

  /** The threads that must not end, whatever fails, and where there is no memory to say it. */
  @ParameterizedTest
  @ValueSource(strings = {"hub-accept", "hub-housekeeper"})
  void aFailureForWhichThereIsNoMemoryEndsNoThread(String name) throws Exception {
    AtomicInteger failures = new AtomicInteger(1);
    HubOptions options =
        TestHub.options()
            .withToken("s3cr3t")
            .withTimes(
                Duration.ofSeconds(10),
                Duration.ofMinutes(2),
                2,
                Duration.ofMillis(100),
                Duration.ZERO);
    hub.close();
    hub =
        EmbeddedHub.start(
            options,
            () -> {
              if (Thread.currentThread().getName().equals(name) && failures.getAndDecrement() > 0) {
                throw new UnspeakableError();
              }
              return System.nanoTime();
            });
    try (Socket first = RawClient.connected(hub.address(), 0)) {
      assertThat(first.isConnected()).isTrue();
      await().atMost(SOON).until(() -> failures.get() <= 0);
      try (RawClient client = new RawClient(hub.address())) {
        client.expect("-ERR 'Authentication Timeout'").expectEnd();
      }
    }
  }

  @Test
  void aConnectionThatCannotBeWrittenToEnds() throws Exception {
    AtomicInteger failures = new AtomicInteger(1);
    hub.close();
    hub =
        EmbeddedHub.start(
            TestHub.options(),
            () -> {
              if (Thread.currentThread().getName().startsWith("hub-write-")
                  && failures.getAndDecrement() > 0) {
                throw new UnspeakableError();
              }
              return System.nanoTime();
            });
    try (Socket socket = RawClient.connected(hub.address(), 0)) {
      socket.setSoTimeout(60_000);
      assertThat(socket.getInputStream().read()).isNegative();
    }
    try (RawClient client = connect()) {
      client.sync();
    }
  }

  @Test
  void aClientThatAnswersPingsStays() throws Exception {
    Duration interval = Duration.ofMillis(30);
    AtomicLong nanos = new AtomicLong();
    hub.close();
    hub =
        EmbeddedHub.start(
            TestHub.options()
                .withTimes(
                    Duration.ofSeconds(10), interval, 1, Duration.ofSeconds(2), Duration.ZERO),
            nanos::get); // a busy machine takes longer than the interval to answer
    try (RawClient client = connect()) {
      for (int i = 0; i < 5; i++) {
        nanos.addAndGet(interval.toNanos());
        client.expect("PING");
        client.send("PONG\r\n");
        client.sync();
      }
    }
    assertThat(hub.statistics().staleConnections()).isZero();
  }

  @Test
  void aSlowConsumerIsCutOffWithTheReasonAndAnnounced() throws Exception {
    reopen(TestHub.options().withLimits(100, 100, 256 << 10));
    AtomicReference<String> notice = new AtomicReference<>();
    hub.subscribe(
        "hub.slow_consumer", null, message -> notice.set(new String(message.copyPayload(), UTF_8)));
    try (RawClient slow = new RawClient(hub.address(), 4096);
        RawClient healthy = connect()) {
      slow.send("CONNECT {\"name\":\"sleeper\"}\r\nSUB flood 1\r\n");
      slow.sync();
      healthy.send("SUB flood 1\r\n");
      healthy.sync();
      byte[] payload = new byte[64 << 10];
      for (int i = 0; hub.statistics().slowConsumers() == 0 && i < 10_000; i++) {
        hub.publish("flood", null, Headers.NONE, payload);
        healthy.expect("MSG flood 1 65536");
        healthy.line();
      }
      assertThat(hub.statistics().slowConsumers()).isEqualTo(1);
      String last = null;
      try {
        for (String line = slow.line(); line != null; line = slow.line()) {
          last = line;
        }
      } catch (SocketException reset) {
        // The last line reaches the client only where it reads on in time.
        last = "-ERR 'Slow Consumer'";
      }
      assertThat(last).isEqualTo("-ERR 'Slow Consumer'");
      healthy.sync();
    }
    await().atMost(SOON).until(() -> notice.get() != null);
    JsonNode event = JsonMapper.shared().readTree(notice.get());
    assertThat(event.get("type").stringValue()).isEqualTo("hub.slow_consumer");
    assertThat(event.at("/data/client").stringValue()).contains("sleeper");
    assertThat(event.at("/data/pending_bytes").longValue()).isPositive();
  }

  private RawClient sleeper(String name) throws IOException {
    RawClient client = new RawClient(hub.address(), 4096);
    client.send("CONNECT {\"name\":\"" + name + "\"}\r\nSUB flood 1\r\n");
    return client.sync();
  }

  @Test
  void whereTooMuchWaitsForAllTheOneFurthestBehindIsCutOff() throws Exception {
    hub.close();
    hub = EmbeddedHub.start(TestHub.options(), System::nanoTime, 2 << 20);
    List<String> notices = new CopyOnWriteArrayList<>();
    hub.subscribe(
        "hub.slow_consumer",
        null,
        message -> notices.add(new String(message.copyPayload(), UTF_8)));
    try (RawClient behind = sleeper("behind");
        RawClient furthest = sleeper("furthest");
        RawClient healthy = connect()) {
      furthest.send("SUB more 2\r\n");
      furthest.sync();
      healthy.send("SUB flood 1\r\n");
      healthy.sync();
      byte[] payload = new byte[64 << 10];
      int sent = 0;
      while (hub.statistics().slowConsumers() == 0 && sent < 10_000) {
        hub.publish("more", null, Headers.NONE, payload);
        hub.publish("flood", null, Headers.NONE, payload);
        sent++;
        healthy.expect("MSG flood 1 65536");
        healthy.line();
      }
      for (int i = 0; i < sent; i++) {
        behind.expect("MSG flood 1 65536");
        behind.line();
      }
      behind.sync();
      healthy.sync();
      await().atMost(SOON).until(() -> hub.statistics().connections() == 2);
    }
    await().atMost(SOON).until(() -> !notices.isEmpty());
    assertThat(notices).hasSize(1);
    JsonNode data = JsonMapper.shared().readTree(notices.getFirst()).get("data");
    assertThat(data.get("client").stringValue()).contains("furthest");
    assertThat(data.get("reason").stringValue()).contains("2097152 bytes", "all clients together");
    assertThat(data.get("pending_bytes").longValue()).isBetween(1L << 19, 3L << 20);
  }

  @Test
  void noMoreWaitsForAllThanMayHoweverManyAreSlow() throws Exception {
    hub.close();
    hub = EmbeddedHub.start(TestHub.options(), System::nanoTime, 2 << 20);
    List<RawClient> sleepers = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        sleepers.add(sleeper("sleeper-" + i));
      }
      byte[] payload = new byte[64 << 10];
      for (int i = 0; hub.statistics().slowConsumers() < 7 && i < 10_000; i++) {
        hub.publish("flood", null, Headers.NONE, payload);
        assertThat(hub.statistics().pendingBytes()).isLessThanOrEqualTo(2 << 20);
      }
      assertThat(hub.statistics().slowConsumers()).isEqualTo(7);
    } finally {
      for (RawClient client : sleepers) {
        client.close();
      }
    }
    await().atMost(SOON).until(() -> hub.statistics().connections() == 0);
    assertThat(hub.statistics().pendingBytes()).isZero();
  }

  @Test
  void aClientThatDoesNotReadAtAllIsCutOffByTheWriteDeadline() throws Exception {
    reopen(
        TestHub.options()
            .withTimes(
                Duration.ofMillis(200),
                Duration.ofMinutes(2),
                2,
                Duration.ofSeconds(2),
                Duration.ZERO));
    try (RawClient stuck = new RawClient(hub.address(), 4096)) {
      stuck.send("SUB flood 1\r\n");
      stuck.sync();
      byte[] payload = new byte[1 << 20];
      for (int i = 0; i < 16; i++) {
        hub.publish("flood", null, Headers.NONE, payload);
      }
      await().atMost(SOON).until(() -> hub.statistics().connections() == 0);
      assertThat(hub.statistics().slowConsumers()).isEqualTo(1);
      assertThat(hub.hasInterest("flood")).isFalse();
    }
  }

  @Test
  void pingsWithoutReadingThePongsDoNotFillTheMemory() throws Exception {
    reopen(TestHub.options().withLimits(100, 100, 64 << 10));
    try (RawClient client = new RawClient(hub.address(), 4096)) {
      byte[] pings = "PING\r\n".repeat(10_000).getBytes(UTF_8);
      for (int i = 0; hub.statistics().slowConsumers() == 0 && i < 10_000; i++) {
        client.send(pings);
      }
    } catch (SocketException reset) {
      // The hub has ended the connection while we were still sending.
    }
    await().atMost(SOON).until(() -> hub.statistics().slowConsumers() == 1);
  }

  @Test
  void whoSendsMuchBeforeReadingIsAnsweredInFull() throws Exception {
    try (RawClient client = new RawClient(hub.address(), 4096)) {
      byte[] pings = "PING\r\n".repeat(10_000).getBytes(UTF_8);
      byte[] little = "PING\r\n".repeat(10).getBytes(UTF_8);
      for (int i = 0; i < 100; i++) { // 6 MB of answers: more than sockets keep
        client.send(pings);
        client.send(little);
      }
      for (int i = 0; i < 100 * 10_010; i++) {
        client.expect("PONG");
      }
    }
    assertThat(hub.statistics().slowConsumers()).isZero();
  }

  @Test
  void whatALargeMessageTookIsLetGoWhereTheClientRests() throws Exception {
    hub.close();
    AtomicLong nanos = new AtomicLong();
    hub = EmbeddedHub.start(TestHub.options(), nanos::get);
    AtomicReference<WeakReference<byte[]>> buffer = new AtomicReference<>();
    hub.subscribe("in", null, message -> buffer.set(new WeakReference<>(message.buffer())));
    try (RawClient client = connect()) {
      client.send("PUB in 1000000\r\n");
      client.send(new byte[1_000_000]);
      client.send("\r\n");
      client.sync();
      await()
          .atMost(SOON)
          .until(() -> {
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            System.gc();
            return buffer.get().get() == null;
          });
      assertThat(hub.statistics().connections()).isEqualTo(1);
    }
  }

  @Test
  void aClientThatBreaksOffLeavesNothingBehind() throws Exception {
    for (int i = 0; i < 20; i++) {
      RawClient client = connect();
      client.send("SUB gone.* 1\r\n");
      client.sync();
      client.send("PUB gone.x 1000\r\nonly a part");
      client.socket.setSoLinger(true, 0);
      client.close();
    }
    await().atMost(SOON).until(() -> hub.statistics().connections() == 0);
    assertThat(hub.statistics().subscriptions()).isZero();
    assertThat(hub.hasInterest("gone.x")).isFalse();
  }

  @Test
  void lameDuckIsAnnouncedAndWhatIsPublishedAfterwardsStillArrives() throws Exception {
    AtomicInteger taken = new AtomicInteger();
    hub.subscribe("in", null, message -> taken.incrementAndGet());
    try (RawClient client = connect()) {
      client.send("SUB out 1\r\nPUB in 0\r\n\r\n");
      client.sync();
      hub.drain();
      String info = client.line();
      assertThat(info).startsWith("INFO {").contains("\"ldm\":true");
      assertThat(taken).hasValue(1);
      hub.publish("out", null, Headers.NONE, "late".getBytes(UTF_8));
      client.expect("MSG out 1 4", "late");
      hub.close();
      client.expectEnd();
    }
  }

  @Test
  void whatAHandlerAnswersWhileTheHubIsDrainedIsNotHeldBack() throws Exception {
    hub.close();
    hub = EmbeddedHub.start(TestHub.options(), () -> 0); // no turn takes long
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch drains = new CountDownLatch(1);
    hub.subscribe(
        "in",
        null,
        message -> {
          entered.countDown();
          try {
            assertThat(drains.await(1, TimeUnit.MINUTES)).isTrue();
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          }
          hub.publish("out", null, Headers.NONE, "late".getBytes(UTF_8));
        });
    try (RawClient client = connect()) {
      client.send("SUB out 1\r\nPUB in 0\r\n\r\n");
      assertThat(entered.await(1, TimeUnit.MINUTES)).isTrue();
      Thread draining = Thread.ofPlatform().start(hub::drain);
      await() // until it waits for the handler
          .atMost(Duration.ofMinutes(1))
          .until(() -> draining.getState() == Thread.State.TIMED_WAITING);
      drains.countDown();
      assertThat(client.line()).startsWith("INFO {").contains("\"ldm\":true");
      client.expect("MSG out 1 4", "late");
      draining.join();
    }
  }

  @Test
  void nobodyWaitsForAHandlerThatLetsGoBeforeItWaits() throws Exception {
    hub.close();
    hub = EmbeddedHub.start(TestHub.options(), () -> 0); // no turn takes long
    CountDownLatch goesOn = new CountDownLatch(1);
    hub.subscribe(
        "in",
        null,
        message -> {
          hub.letGo();
          try {
            assertThat(goesOn.await(1, TimeUnit.MINUTES)).isTrue();
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          }
        });
    try (RawClient client = connect();
        RawClient other = connect()) {
      other.send("SUB chat.x 1\r\n");
      other.sync();
      client.send("PING\r\nPUB chat.x 2\r\nhi\r\nPUB in 0\r\n\r\nPING\r\n");
      other.expect("MSG chat.x 1 2", "hi");
      client.expect("PONG");
      goesOn.countDown();
      client.expect("PONG");
    } finally {
      goesOn.countDown();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PUB allowed.x 0\\r\\n\\r\\n, ''",
    "PUB other 0\\r\\n\\r\\n, -ERR 'Permissions Violation for Publish to \"other\"'",
    "PUB allowed.not 0\\r\\n\\r\\n, -ERR 'Permissions Violation for Publish to \"allowed.not\"'",
    "SUB mine.* 1\\r\\n, ''",
    "SUB > 1\\r\\n, -ERR 'Permissions Violation for Subscription to \">\"'",
    "SUB mine.secret 1\\r\\n, -ERR 'Permissions Violation for Subscription to \"mine.secret\"'",
    "SUB other q 1\\r\\n,"
        + " -ERR 'Permissions Violation for Subscription to \"other\" using queue \"q\"'"
  })
  void permissionsAreKept(String input, String expected) throws Exception {
    reopen(
        TestHub.options()
            .withUsers(List.of(limited(), new HubUser("b", "pw", HubPermissions.ALL))));
    try (RawClient client = connect("CONNECT {\"user\":\"a\",\"pass\":\"pw\"}\r\n").sync()) {
      client.send(input.replace("\\r", "\r").replace("\\n", "\n"));
      if (!expected.isEmpty()) {
        client.expect(expected.strip());
      }
      client.sync();
    }
  }

  @Test
  void whatIsDeniedIsLeftOutOfAWiderSubscription() throws Exception {
    reopen(TestHub.options().withUsers(List.of(limited())));
    try (RawClient client = connect("CONNECT {\"user\":\"a\",\"pass\":\"pw\"}\r\n").sync()) {
      client.send("SUB mine.* 1\r\n");
      client.sync();
      hub.publish("mine.secret", null, Headers.NONE, new byte[0]);
      hub.publish("mine.open", null, Headers.NONE, new byte[0]);
      client.expect("MSG mine.open 1 0", "").sync();
    }
  }

  private static HubUser limited() {
    return new HubUser(
        "a",
        "pw",
        new HubPermissions(
            new SubjectPermission(List.of("allowed.>"), List.of("allowed.not")),
            new SubjectPermission(List.of("mine.>"), List.of("mine.secret"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CONNECT {}\r\n",
        "CONNECT {\"user\":\"a\"}\r\n",
        "CONNECT {\"user\":\"a\",\"pass\":\"wrong\"}\r\n",
        "CONNECT {\"user\":\"nobody\",\"pass\":\"pw\"}\r\n",
        "CONNECT {\"auth_token\":\"wrong\"}\r\n",
        "PING\r\n",
        "SUB > 1\r\n"
      })
  void whoCannotSayWhoTheyAreIsSentAway(String input) throws Exception {
    reopen(TestHub.options().withUsers(List.of(limited())).withToken("s3cr3t"));
    try (RawClient client = connect(input)) {
      assertThat(client.info).contains("\"auth_required\":true");
      client.expect("-ERR 'Authorization Violation'").expectEnd();
    }
    assertThat(hub.statistics().authFailures()).isEqualTo(1);
  }

  @Test
  void aTokenOpensAsWell() throws Exception {
    reopen(TestHub.options().withUsers(List.of(limited())).withToken("s3cr3t"));
    try (RawClient client = connect("CONNECT {\"auth_token\":\"s3cr3t\"}\r\n")) {
      client.sync();
    }
  }

  @Test
  void whoSaysNothingIsSentAwayInTime() throws Exception {
    reopen(
        TestHub.options()
            .withToken("s3cr3t")
            .withTimes(
                Duration.ofSeconds(10),
                Duration.ofMinutes(2),
                2,
                Duration.ofMillis(100),
                Duration.ZERO));
    try (RawClient client = new RawClient(hub.address())) {
      client.expect("-ERR 'Authentication Timeout'").expectEnd();
    }
  }

  /** All of it arrives in one piece. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "PING\r\n",
        "CONNECT {\"auth_token\":\"wrong\"}\r\n",
        "CONNECT {\"auth_token\":\"s3cr3t\"}\r\nPUB in 2\r\nhi\r\n"
      })
  void whoWasSentAwayIsNotHeardAnyMore(String behind) throws Exception {
    reopen(TestHub.options().withToken("s3cr3t"));
    AtomicInteger taken = new AtomicInteger();
    hub.subscribe("in", null, message -> taken.incrementAndGet());
    try (RawClient client = connect("CONNECT {\"auth_token\":\"guess\"}\r\n" + behind)) {
      client.expect("-ERR 'Authorization Violation'").expectEnd();
    }
    await().atMost(SOON).until(() -> hub.statistics().connections() == 0); // all was read
    assertThat(hub.statistics().authFailures()).isEqualTo(1);
    assertThat(taken).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CONNECT {\"protocol\":7}\r\n",
        "CONNECT {\"no_responders\":true}\r\n",
        "CONNECT {\r\n",
        "-ERR 'oops'\r\n"
      })
  void whatEndsTheConnectionIsTheLastThatIsTaken(String input) throws Exception {
    AtomicInteger taken = new AtomicInteger();
    hub.subscribe("in", null, message -> taken.incrementAndGet());
    try (RawClient client = connect("PUB in 2\r\nhi\r\n" + input + "PUB in 2\r\nhi\r\n")) {
      String last = client.line();
      if (last != null) { // a client that reports an error is told nothing
        assertThat(last).startsWith("-ERR ");
        client.expectEnd();
      }
    }
    await().atMost(SOON).until(() -> hub.statistics().connections() == 0);
    assertThat(taken).hasValue(1);
  }

  @Test
  void subjectsKeepTheirBytes() throws Exception {
    AtomicReference<String> heard = new AtomicReference<>();
    hub.subscribe("grüße.*", null, message -> heard.set(message.subject()));
    try (RawClient client = connect()) {
      String bytes =
          new String("grüße.ö".getBytes(UTF_8), java.nio.charset.StandardCharsets.ISO_8859_1);
      client.send("SUB > 1\r\nPUB " + bytes + " 0\r\n\r\nPUB \u00ff.\u00fe 0\r\n\r\n");
      client.expect("MSG " + bytes + " 1 0", "", "MSG \u00ff.\u00fe 1 0", "");
      assertThat(heard.get()).isEqualTo("grüße.ö");
      hub.publish("grüße.ü", null, Headers.NONE, new byte[0]);
      client.expect(
          "MSG "
              + new String("grüße.ü".getBytes(UTF_8), java.nio.charset.StandardCharsets.ISO_8859_1)
              + " 1 0");
    }
  }
}
