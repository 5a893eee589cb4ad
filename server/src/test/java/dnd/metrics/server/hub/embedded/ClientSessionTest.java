package dnd.metrics.server.hub.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ClientSessionTest {
  private static final int TRIALS = 20;
  private static final String DEEP = "a" + ".a".repeat(40_000);

  private final HubOptions options = TestHub.options();
  private final HubCounters counters = new HubCounters();

  private HubContext context(SubscriptionTrie trie) {
    return new HubContext(
        options,
        new ServerInfo("id", "name", "127.0.0.1", 4222, options.maxPayloadBytes(), false, false),
        trie,
        counters,
        new Authorizer(options),
        new ConnectionRegistry(),
        new PendingTotal(Long.MAX_VALUE),
        new LocalDispatcher(counters, options.maxPendingBytes()),
        new LocalPublisher(trie, counters, options.maxPayloadBytes()),
        null,
        System::nanoTime);
  }

  /**
   * The reader stands between its map and the trie, whose lock another has; who closes the
   * connection is awake already when that lock is free, and so mostly is there first.
   */
  @Test
  @Timeout(180)
  void whatIsSubscribedToWhileTheConnectionIsClosedIsNotLeftBehind() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < TRIALS; i++) {
        try (Socket client = new Socket(listening.getInetAddress(), listening.getLocalPort());
            Socket socket = listening.accept()) {
          assertThat(client.isConnected()).isTrue();
          subscribeAndClose(socket);
        }
      }
    }
  }

  private void subscribeAndClose(Socket socket) throws InterruptedException {
    SubscriptionTrie trie = new SubscriptionTrie();
    HubContext hub = context(trie);
    Connection connection = new Connection(hub, 1, socket);
    ClientSession session = new ClientSession(hub, connection);
    Receiver other = new ClientSubscription(connection, DEEP, null, WireText.toBytes("0"), null);
    CountDownLatch begins = new CountDownLatch(1);
    Thread holding =
        Thread.ofPlatform()
            .start(() -> {
              begins.countDown();
              trie.add(DEEP, null, other);
            });
    begins.await();
    byte[] arguments = WireText.toBytes("race.x 1");
    Thread reading =
        Thread.ofPlatform().start(() -> session.subscribe(arguments, 0, 6, 0, 0, 7, 8));
    while (reading.getState() != Thread.State.WAITING && trie.generation() == 0) {
      Thread.onSpinWait();
    }
    connection.close("the test closes it", null);
    while (trie.generation() == 0) {
      Thread.onSpinWait();
    }
    session.endSubscriptions(); // as the connection does with its own
    reading.join();
    holding.join();
    assertThat(trie.match("race.x").isEmpty()).isTrue();
    assertThat(trie.size()).as("the other one only").isEqualTo(1);
  }
}
