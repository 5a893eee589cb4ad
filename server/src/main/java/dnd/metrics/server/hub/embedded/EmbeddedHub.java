package dnd.metrics.server.hub.embedded;

import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.hub.MessageHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Message Hub inside the service: a server of the NATS client protocol, which every official
 * NATS client can talk to. It keeps no messages and forms no clusters. Safe for use by several
 * threads. What it is to its users is in {@code docs/hub.md}.
 *
 * <p>Threads: one accepts, one keeps house (deadlines, pings), one delivers the service's own
 * messages to itself, and each connection has one that reads and one that writes. A message goes
 * from the reading thread's buffer straight into the receivers' {@link Outbound} buffers, or to a
 * handler of the service, in place; writers are woken once a turn.
 *
 * <p>Locks, none of which is held while another is taken, while a socket is touched, or while a
 * handler runs: {@link SubscriptionTrie} (changes only; matching takes none), {@link Outbound} (one
 * for each connection: the bytes that wait), {@link ConnectionRegistry} (who is connected), {@link
 * LocalDispatcher} (its queue).
 */
public final class EmbeddedHub implements Hub {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedHub.class);
  private static final int BACKLOG = 1024;
  private static final Duration LONGEST_HANDLER = Duration.ofSeconds(10);
  private static final Duration LAST_WRITES = Duration.ofSeconds(3);

  private final HubContext hub;
  private final InetSocketAddress address;
  private final Acceptor acceptor;
  private final Housekeeper housekeeper;
  private final AtomicBoolean draining = new AtomicBoolean();
  private final CountDownLatch drained = new CountDownLatch(1);
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedHub(HubContext hub, ServerSocket listening) {
    this.hub = hub;
    this.address = (InetSocketAddress) listening.getLocalSocketAddress();
    this.acceptor = new Acceptor(listening, hub);
    this.housekeeper = new Housekeeper(hub);
  }

  /**
   * Opens the port and begins to serve.
   *
   * @throws HubStartException where the address cannot be listened on, credentials are missing for
   *     an address beyond the loopback, or the TLS files cannot be used
   */
  public static EmbeddedHub start(HubOptions options) throws HubStartException {
    return start(options, System::nanoTime);
  }

  static EmbeddedHub start(HubOptions options, LongSupplier nanoClock) throws HubStartException {
    return start(options, nanoClock, PendingTotal.defaultMaxBytes(options));
  }

  /**
   * @param maxTotalPendingBytes how much may wait for all clients together
   */
  static EmbeddedHub start(HubOptions options, LongSupplier nanoClock, long maxTotalPendingBytes)
      throws HubStartException {
    InetSocketAddress wanted = new InetSocketAddress(options.host(), options.port());
    InetAddress host = wanted.getAddress();
    if (host == null) {
      throw new HubStartException("The hub cannot listen on " + wanted + ": unknown host");
    }
    requireCredentials(options, host);
    SSLContext tls = tlsContext(options);
    ServerSocket listening = listen(wanted);
    PendingTotal pending = new PendingTotal(maxTotalPendingBytes);
    HubContext context = context(options, listening.getLocalPort(), pending, tls, nanoClock);
    EmbeddedHub hub = new EmbeddedHub(context, listening);
    context.dispatcher().start();
    hub.housekeeper.start();
    hub.acceptor.start();
    return hub;
  }

  /** Where it listens, with the port that was really taken. */
  public InetSocketAddress address() {
    return address;
  }

  /** {@code nats://host:port}, or {@code tls://host:port}. */
  public String url() {
    String host = address.getAddress().getHostAddress();
    return (hub.tls() == null ? "nats" : "tls")
        + "://"
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + address.getPort();
  }

  public HubStatistics statistics() {
    return hub.counters()
        .read(hub.connections().size(), hub.subscriptions().size(), hub.pending().bytes());
  }

  @Override
  public Subscription subscribe(
      String subject, @Nullable String queueGroup, MessageHandler handler) {
    String pattern = WireText.ofText(subject);
    if (!SubjectPattern.isValid(pattern)) {
      throw new IllegalArgumentException("not a subject to subscribe to: \"" + subject + "\"");
    }
    String group = queueGroup == null ? null : WireText.ofText(queueGroup);
    LocalSubscription subscription =
        new LocalSubscription(
            hub.subscriptions(), hub.dispatcher(), hub.counters(), pattern, group, handler);
    hub.subscriptions().add(pattern, group, subscription);
    return subscription;
  }

  @Override
  public void publish(String subject, @Nullable String replyTo, Headers headers, byte[] payload) {
    hub.publisher().publish(subject, replyTo, headers, payload);
  }

  @Override
  public void publishTogether(Runnable publications) {
    hub.publisher().publishTogether(publications);
  }

  @Override
  public void letGo() {
    hub.publisher().letGo();
  }

  @Override
  public boolean hasInterest(String subject) {
    return hub.publisher().hasInterest(subject);
  }

  @Override
  public long pendingBytes(String subject) {
    return hub.publisher().pendingBytes(subject);
  }

  @Override
  public int maxPayloadBytes() {
    return hub.options().maxPayloadBytes();
  }

  /**
   * The first half of {@link #close}: tells the clients that the hub closes, takes in nothing more,
   * and returns when no handler runs. What is published afterwards is still sent. So the service
   * can finish what it has begun and acknowledge it. A second call waits for the first.
   */
  public void drain() {
    if (!draining.compareAndSet(false, true)) {
      awaitDrained();
      return;
    }
    acceptor.close();
    hub.connections().all().forEach(Connection::announceLameDuck);
    hub.connections().awaitEmpty(hub.options().lameDuckGrace());
    List<Connection> connections = hub.connections().all();
    connections.forEach(Connection::stopReading);
    for (Connection connection : connections) {
      if (!connection.awaitReader(LONGEST_HANDLER)) {
        LOG.warn("{}: its handler still runs after {}", connection, LONGEST_HANDLER);
      }
    }
    drained.countDown();
  }

  @Override
  public void close() {
    drain();
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    hub.dispatcher().close();
    hub.connections().all().forEach(connection -> connection.close("Server Shutdown", null));
    hub.connections().awaitEmpty(LAST_WRITES);
    hub.connections().all().forEach(Connection::closeSocket);
    housekeeper.close();
  }

  private void awaitDrained() {
    try {
      drained.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static HubContext context(
      HubOptions options,
      int port,
      PendingTotal pending,
      @Nullable SSLContext tls,
      LongSupplier nanoClock) {
    SubscriptionTrie subscriptions = new SubscriptionTrie();
    HubCounters counters = new HubCounters();
    Authorizer authorizer = new Authorizer(options);
    ServerInfo info =
        new ServerInfo(
            UUID.randomUUID().toString(),
            options.serverName(),
            options.host(),
            port,
            options.maxPayloadBytes(),
            authorizer.required(),
            tls != null);
    return new HubContext(
        options,
        info,
        subscriptions,
        counters,
        authorizer,
        new ConnectionRegistry(),
        pending,
        new LocalDispatcher(counters, options.maxPendingBytes()),
        new LocalPublisher(subscriptions, counters, options.maxPayloadBytes()),
        tls,
        nanoClock);
  }

  private static void requireCredentials(HubOptions options, InetAddress host)
      throws HubStartException {
    if (host.isLoopbackAddress()) {
      return;
    }
    String where = options.host() + ":" + options.port();
    if (!options.asksForCredentials() && !options.allowInsecure()) {
      String tlsToo =
          options.tls() == null
              ? " TLS is missing as well (message_hub.tls): what is sent could be read on its way."
              : "";
      throw new HubStartException(
          "The hub does not listen on "
              + where
              + ", which others can reach, without credentials: give message_hub.users or"
              + " message_hub.token, or say message_hub.allow_insecure: true."
              + tlsToo);
    }
    if (options.tls() == null) {
      LOG.warn(
          "The hub listens on {} without TLS: credentials and messages can be read on their way",
          where);
    }
  }

  private static @Nullable SSLContext tlsContext(HubOptions options) throws HubStartException {
    HubTls tls = options.tls();
    if (tls == null) {
      return null;
    }
    try {
      return PemFiles.context(tls);
    } catch (IOException | GeneralSecurityException unusable) {
      throw new HubStartException("The hub's TLS cannot be set up: " + unusable, unusable);
    }
  }

  private static ServerSocket listen(InetSocketAddress wanted) throws HubStartException {
    ServerSocket socket = null;
    try {
      socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(wanted, BACKLOG);
      return socket;
    } catch (IOException taken) {
      if (socket != null) {
        try {
          socket.close();
        } catch (IOException failed) {
          taken.addSuppressed(failed);
        }
      }
      throw new HubStartException(
          "The hub cannot listen on "
              + wanted.getHostString()
              + ":"
              + wanted.getPort()
              + ": "
              + taken.getMessage(),
          taken);
    }
  }
}
