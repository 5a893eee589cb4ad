package dnd.metrics.server.hub.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.hub.Headers;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The official Java client against the hub; what {@code HubContractTest} has is not repeated. */
class JavaClientTest {
  private static final Duration SOON = Duration.ofMinutes(1);

  private EmbeddedHub hub;
  private final List<Connection> clients = new ArrayList<>();
  private final Queue<String> errors = new ConcurrentLinkedQueue<>();
  private final Queue<ConnectionListener.Events> events = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void open() throws Exception {
    hub = EmbeddedHub.start(TestHub.options());
  }

  @AfterEach
  void close() throws Exception {
    for (Connection client : clients) {
      client.close();
    }
    hub.close();
  }

  private void reopen(HubOptions options) throws Exception {
    hub.close();
    hub = EmbeddedHub.start(options);
  }

  private Options.Builder options() {
    return new Options.Builder()
        .server(hub.url())
        .connectionTimeout(SOON)
        .reconnectWait(Duration.ofMillis(20))
        .reconnectJitter(Duration.ofMillis(1))
        .connectionListener((connection, event) -> events.add(event))
        .errorListener(
            new ErrorListener() {
              @Override
              public void errorOccurred(Connection connection, String error) {
                errors.add(error);
              }

              @Override
              public void exceptionOccurred(Connection connection, Exception exception) {
                // The connection listener tells what follows from it.
              }
            });
  }

  private Connection connect(Options.Builder options) throws Exception {
    Connection client = Nats.connect(options.build());
    clients.add(client);
    return client;
  }

  private Connection connect() throws Exception {
    return connect(options());
  }

  private static String text(Message message) {
    assertThat(message).as("a message").isNotNull();
    return new String(message.getData(), UTF_8);
  }

  @Test
  void clientsTalkToEachOther() throws Exception {
    Connection a = connect();
    Connection b = connect();
    Subscription subscription = b.subscribe("talk.*");
    b.flush(SOON);
    a.publish("talk.x", "re.ply", "hello".getBytes(UTF_8));
    Message message = subscription.nextMessage(SOON);
    assertThat(text(message)).isEqualTo("hello");
    assertThat(message.getSubject()).isEqualTo("talk.x");
    assertThat(message.getReplyTo()).isEqualTo("re.ply");
  }

  @Test
  void requestsBetweenClientsAreAnswered() throws Exception {
    Connection service = connect();
    service
        .createDispatcher(m -> service.publish(m.getReplyTo(), m.getData()))
        .subscribe("echo", "workers");
    service.flush(SOON);
    Connection client = connect();
    for (int i = 0; i < 100; i++) {
      assertThat(text(client.request("echo", ("n" + i).getBytes(UTF_8), SOON))).isEqualTo("n" + i);
    }
  }

  @Test
  void aRequestThatNobodyTakesFailsAtOnce() throws Exception {
    Connection client = connect();
    var answer = client.request("no.body", new byte[0]);
    assertThatExceptionOfType(Exception.class)
        .isThrownBy(() -> answer.get(SOON.toMillis(), TimeUnit.MILLISECONDS))
        .isInstanceOfAny(CancellationException.class, ExecutionException.class);
  }

  @Test
  void queueGroupsAreBalancedOverClients() throws Exception {
    int messages = 3000;
    List<AtomicInteger> shares = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      AtomicInteger share = new AtomicInteger();
      shares.add(share);
      Connection member = connect();
      member.createDispatcher(m -> share.incrementAndGet()).subscribe("jobs", "workers");
      member.flush(SOON);
    }
    Connection publisher = connect();
    for (int i = 0; i < messages; i++) {
      publisher.publish("jobs", new byte[10]);
    }
    await()
        .atMost(SOON)
        .until(() -> shares.stream().mapToInt(AtomicInteger::get).sum() == messages);
    assertThat(shares).allSatisfy(share -> assertThat(share.get()).isBetween(800, 1200));
  }

  @Test
  void unsubscribeAfterSoMany() throws Exception {
    Connection client = connect();
    Subscription subscription = client.subscribe("few");
    subscription.unsubscribe(3);
    for (int i = 0; i < 10; i++) {
      client.publish("few", Integer.toString(i).getBytes(UTF_8));
    }
    client.flush(SOON);
    for (int i = 0; i < 3; i++) {
      assertThat(text(subscription.nextMessage(SOON))).isEqualTo(Integer.toString(i));
    }
    assertThat(hub.hasInterest("few")).isFalse();
  }

  @Test
  void drainDeliversEverythingAndCloses() throws Exception {
    Connection publisher = connect();
    Connection client = connect();
    AtomicInteger count = new AtomicInteger();
    Dispatcher dispatcher = client.createDispatcher(m -> count.incrementAndGet());
    dispatcher.subscribe("drained");
    client.flush(SOON);
    for (int i = 0; i < 1000; i++) {
      publisher.publish("drained", new byte[100]);
    }
    publisher.flush(SOON);
    assertThat(client.drain(SOON).get(SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    assertThat(count).hasValue(1000);
    await().atMost(SOON).until(() -> hub.statistics().connections() == 1);
  }

  @Test
  void echoCanBeTurnedOff() throws Exception {
    Connection client = connect(options().noEcho());
    Connection other = connect();
    Subscription subscription = client.subscribe("echo");
    client.publish("echo", "own".getBytes(UTF_8));
    client.flush(SOON);
    other.publish("echo", "other".getBytes(UTF_8));
    assertThat(text(subscription.nextMessage(SOON))).isEqualTo("other");
  }

  @Test
  void verboseAndPedanticClientsWork() throws Exception {
    Connection client = connect(options().verbose().pedantic());
    Subscription subscription = client.subscribe("v.*");
    client.publish("v.x", "1".getBytes(UTF_8));
    client.flush(SOON);
    assertThat(text(subscription.nextMessage(SOON))).isEqualTo("1");
    assertThat(errors).isEmpty();
  }

  @Test
  void oneByteTooManyEndsTheConnection() throws Exception {
    Connection client = connect(options().clientSideLimitChecks(false).maxReconnects(0));
    Subscription subscription = client.subscribe("large");
    client.publish("large", new byte[1 << 20]);
    assertThat(subscription.nextMessage(SOON).getData()).hasSize(1 << 20);
    client.publish("large", new byte[(1 << 20) + 1]);
    await().atMost(SOON).until(() -> client.getStatus() == Connection.Status.CLOSED);
    await() // the listener is told on another thread
        .atMost(SOON)
        .until(() -> errors.stream().anyMatch(e -> e.contains("Maximum Payload Violation")));
  }

  @Test
  void reconnectsWhenTheHubComesBack() throws Exception {
    int port = hub.address().getPort();
    Connection client = connect(options().maxReconnects(-1));
    Subscription subscription = client.subscribe("again");
    client.flush(SOON);
    hub.close();
    await().atMost(SOON).until(() -> client.getStatus() != Connection.Status.CONNECTED);
    hub = EmbeddedHub.start(TestHub.options().withListen("127.0.0.1", port));
    await().atMost(SOON).until(() -> events.contains(ConnectionListener.Events.RESUBSCRIBED));
    client.flush(SOON);
    hub.publish("again", null, Headers.NONE, "back".getBytes(UTF_8));
    assertThat(text(subscription.nextMessage(SOON))).isEqualTo("back");
  }

  @Test
  void passwordsAndTokensAreChecked() throws Exception {
    reopen(
        TestHub.options()
            .withUsers(
                List.of(
                    new HubUser("ann", "pa$$", HubPermissions.ALL),
                    new HubUser("bob", "wörd", HubPermissions.ALL)))
            .withToken("t0ken"));
    for (Options.Builder good :
        List.of(
            options().userInfo("ann", "pa$$"),
            options().userInfo("bob", "wörd"),
            options().token("t0ken".toCharArray()))) {
      Connection client = connect(good);
      client.flush(SOON);
    }
    Options bad = // jnats tells of it when the time is over in which it may connect
        options()
            .userInfo("ann", "wörd")
            .maxReconnects(0)
            .connectionTimeout(Duration.ofSeconds(5))
            .build();
    assertThatExceptionOfType(AuthenticationException.class)
        .isThrownBy(() -> Nats.connect(bad))
        .withMessageContaining("Authorization Violation");
    assertThat(hub.statistics().authFailures()).isPositive();
  }

  @Test
  void permissionsAreKeptAndTheConnectionStays() throws Exception {
    reopen(
        TestHub.options()
            .withUsers(
                List.of(
                    new HubUser(
                        "shop",
                        "pw",
                        new HubPermissions(
                            SubjectPermission.allowing("shop.>"),
                            SubjectPermission.allowing("_INBOX.>", "metrics.*"))))));
    Connection client = connect(options().userInfo("shop", "pw"));
    AtomicInteger heard = new AtomicInteger();
    hub.subscribe(">", null, message -> heard.incrementAndGet());
    client.publish("bank.metrics.push", new byte[0]);
    client.subscribe("bank.>");
    client.publish("shop.metrics.push", new byte[0]);
    client.flush(SOON);
    assertThat(heard).hasValue(1);
    await().atMost(SOON).until(() -> errors.size() == 2);
    assertThat(errors)
        .containsExactlyInAnyOrder(
            "Permissions Violation for Publish to \"bank.metrics.push\"",
            "Permissions Violation for Subscription to \"bank.>\"");
    assertThat(client.getStatus()).isEqualTo(Connection.Status.CONNECTED);
  }

  @Test
  void lameDuckIsAnnounced() throws Exception {
    connect(options().maxReconnects(0));
    hub.drain();
    await().atMost(SOON).until(() -> events.contains(ConnectionListener.Events.LAME_DUCK));
  }

  @Test
  void manyClientsAtOnce() throws Exception {
    int count = 50;
    AtomicInteger heard = new AtomicInteger();
    for (int i = 0; i < count; i++) {
      Connection client = connect();
      client.createDispatcher(m -> heard.incrementAndGet()).subscribe("all");
      client.flush(SOON);
    }
    hub.publish("all", null, Headers.NONE, new byte[0]);
    await().atMost(SOON).until(() -> heard.get() == count);
    assertThat(hub.statistics().connections()).isEqualTo(count);
  }
}
