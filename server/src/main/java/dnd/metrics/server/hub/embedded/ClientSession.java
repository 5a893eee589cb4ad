package dnd.metrics.server.hub.embedded;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client's operations do. The operations are called on the connection's reading thread;
 * {@link #endSubscriptions} and {@link #subscriptionEnded} on any.
 */
final class ClientSession implements ProtocolParser.Operations {
  private static final Logger LOG = LoggerFactory.getLogger(ClientSession.class);

  private static final byte[] OK = WireText.toBytes("+OK\r\n");
  private static final byte[] PONG = WireText.toBytes("PONG\r\n");
  private static final int MAX_CLIENT_PROTOCOL = 1;

  /** How long a turn may hold back what it has written, once a handler was slow. */
  private static final long LONGEST_TURN_NANOS = 100_000;

  private final HubContext hub;
  private final Connection connection;
  private final WakeUps wakeUps = new WakeUps();
  private final Publication publication;
  private final Map<String, ClientSubscription> subscriptions = new ConcurrentHashMap<>();

  private volatile ConnectOptions client = ConnectOptions.UNKNOWN;
  private boolean connected;

  /** Whether what the client asked for has ended its connection. */
  private boolean ended;

  private PermissionSet permissions = PermissionSet.ALL;
  private SubjectCache subjects;

  private long turnBeganNanos;
  private long messages;
  private long refusals;
  private long messageBytes;

  ClientSession(HubContext hub, Connection connection) {
    this.hub = hub;
    this.connection = connection;
    this.publication = new Publication(connection, wakeUps);
    this.subjects = new SubjectCache(hub.subscriptions(), permissions);
  }

  ConnectOptions client() {
    return client;
  }

  boolean connected() {
    return connected;
  }

  void beginTurn() {
    turnBeganNanos = hub.nanoClock().getAsLong();
    hub.publisher().enterTurn(wakeUps);
  }

  /**
   * Wakes the writers of those that were written to.
   *
   * @param own this client's, which is not woken
   * @return whether it would have been
   */
  boolean endTurn(Outbound own) {
    hub.publisher().leaveTurn();
    publication.clear(); // the next turn may be long in coming
    boolean answered = wakeUps.wakeAllBut(own);
    if (messages > 0) {
      hub.counters().messagesIn.add(messages);
      hub.counters().bytesIn.add(messageBytes);
      messages = 0;
      messageBytes = 0;
    }
    return answered;
  }

  /** Lets go of what it remembers; the reading thread ends. */
  void forget() {
    publication.clear();
    subjects.clear();
  }

  @Override
  public boolean awaitsConnect() {
    return !connected && hub.authorizer().required();
  }

  @Override
  public boolean headersSupported() {
    return client.headers();
  }

  @Override
  public boolean ended() {
    return ended;
  }

  @Override
  public void connect(byte[] buffer, int from, int to) {
    ConnectOptions offered;
    try {
      offered = ConnectOptions.parse(buffer, from, to);
    } catch (IllegalArgumentException malformed) {
      violation(ProtocolParser.UNKNOWN_OPERATION);
      return;
    }
    if (connected) {
      endSubscriptions();
    }
    PermissionSet granted = hub.authorizer().authorize(offered);
    if (granted == null) {
      hub.counters().authFailures.increment();
      LOG.warn(
          "{}: authorization violation, user \"{}\"", connection, Printable.text(offered.user()));
      end("Authorization Violation", ProtocolParser.AUTHORIZATION_VIOLATION);
      return;
    }
    if (offered.protocol() < 0 || offered.protocol() > MAX_CLIENT_PROTOCOL) {
      end("Bad Client Protocol", "invalid client protocol");
      return;
    }
    if (offered.noResponders() && !offered.headers()) {
      end("No Responders Requires Headers", "no responders requires headers support");
      return;
    }
    client = offered;
    permissions = granted;
    subjects = new SubjectCache(hub.subscriptions(), granted);
    connected = true;
    LOG.debug("{}: connected, {}", connection, Printable.text(offered.described()));
    acknowledge();
  }

  @Override
  public void publish(
      byte[] buffer,
      int subjectFrom,
      int subjectTo,
      int replyFrom,
      int replyTo,
      int headerSize,
      int payloadFrom,
      int payloadTo) {
    messages++;
    messageBytes += payloadTo - payloadFrom;
    SubjectCache.Entry entry = subjects.find(buffer, subjectFrom, subjectTo);
    if (client.pedantic() && !SubjectPattern.isLiteral(entry.subject)) {
      error("Invalid Publish Subject");
    }
    if (!entry.permitted) {
      refused("publish violation, subject " + Printable.quoted(entry.subject));
      error("Permissions Violation for Publish to " + Printable.quoted(entry.subject));
      return;
    }
    acknowledge();
    Interest interest = subjects.interest(entry);
    boolean taken = false;
    if (!interest.isEmpty()) {
      Publication message = publication;
      message.subject = entry.subject;
      message.subjectBuffer = buffer;
      message.subjectFrom = subjectFrom;
      message.subjectTo = subjectTo;
      message.replyBuffer = buffer;
      message.replyFrom = replyFrom;
      message.replyTo = replyTo;
      int headers = Math.max(headerSize, 0);
      message.headerBuffer = buffer;
      message.headerFrom = payloadFrom;
      message.headerTo = payloadFrom + headers;
      message.payloadBuffer = buffer;
      message.payloadFrom = payloadFrom + headers;
      message.payloadTo = payloadTo;
      taken = Router.route(interest, message);
    }
    if (!taken && replyTo > replyFrom && client.noResponders()) {
      noResponders(entry.subject, WireText.ofBytes(buffer, replyFrom, replyTo));
    }
    if (!wakeUps.isEmpty()) {
      long now = hub.nanoClock().getAsLong();
      if (now - turnBeganNanos > LONGEST_TURN_NANOS) {
        wakeUps.wakeAll();
        turnBeganNanos = now;
      }
    }
  }

  /** Tells the client that nobody took its request, where it listens for the answer itself. */
  private void noResponders(String subject, String reply) {
    for (Receiver receiver : hub.subscriptions().match(reply).plain()) {
      if (receiver instanceof ClientSubscription own && own.connection == connection) {
        Publication answer = new Publication(null, wakeUps);
        answer.subject = reply;
        answer.subjectBuffer = WireText.toBytes(reply);
        answer.subjectTo = answer.subjectBuffer.length;
        answer.headerBuffer =
            WireText.toBytes("NATS/1.0 503\r\nNats-Subject: " + subject + "\r\n\r\n");
        answer.headerTo = answer.headerBuffer.length;
        own.deliver(answer);
        return;
      }
    }
  }

  @Override
  public void subscribe(
      byte[] buffer,
      int subjectFrom,
      int subjectTo,
      int groupFrom,
      int groupTo,
      int sidFrom,
      int sidTo) {
    String pattern = WireText.ofBytes(buffer, subjectFrom, subjectTo);
    String group = groupTo > groupFrom ? WireText.ofBytes(buffer, groupFrom, groupTo) : null;
    if (!permissions.maySubscribe(pattern, group)) {
      String using = group == null ? "" : " using queue " + Printable.quoted(group);
      refused("subscription violation, subject " + Printable.quoted(pattern) + using);
      error("Permissions Violation for Subscription to " + Printable.quoted(pattern) + using);
      return;
    }
    if (subscriptions.size() >= hub.options().maxSubscriptions()) {
      refused("maximum subscriptions exceeded");
      error("maximum subscriptions exceeded");
      return;
    }
    String sid = WireText.ofBytes(buffer, sidFrom, sidTo);
    if (!subscriptions.containsKey(sid)) {
      if (!SubjectPattern.isValid(pattern)) {
        error("Invalid Subject");
        return;
      }
      ClientSubscription subscription =
          new ClientSubscription(
              connection,
              pattern,
              group,
              WireText.toBytes(sid),
              permissions.needsFilter(pattern, group) ? permissions : null);
      subscriptions.put(sid, subscription);
      hub.subscriptions().add(pattern, group, subscription);
      if (!connection.isOpen()) {
        // It was closed meanwhile, and may have missed this one in the map, or in the trie.
        subscriptionEnded(subscription);
      }
    }
    acknowledge();
  }

  @Override
  public void unsubscribe(byte[] buffer, int sidFrom, int sidTo, int max) {
    String sid = WireText.ofBytes(buffer, sidFrom, sidTo);
    ClientSubscription subscription = subscriptions.get(sid);
    if (subscription != null && connection.limit(subscription, max)) {
      subscriptionEnded(subscription);
    }
    acknowledge();
  }

  @Override
  public void ping() {
    line(PONG);
  }

  @Override
  public void pong() {
    // That it came at all is noted where the bytes are read.
  }

  @Override
  public void error(byte[] buffer, int from, int to) {
    String text = Printable.text(WireText.ofBytes(buffer, from, to));
    LOG.warn("{}: the client reports an error: {}", connection, text);
    end("Client Error", null);
  }

  @Override
  public void violation(String text) {
    if (text.equals(ProtocolParser.AUTHORIZATION_VIOLATION)) {
      hub.counters().authFailures.increment();
    } else {
      hub.counters().protocolErrors.increment();
    }
    LOG.warn("{}: {}", connection, text);
    end(text, text);
  }

  private void end(String reason, @Nullable String error) {
    ended = true;
    connection.close(reason, error);
  }

  void subscriptionEnded(ClientSubscription subscription) {
    subscriptions.remove(
        WireText.ofBytes(subscription.sid, 0, subscription.sid.length), subscription);
    hub.subscriptions().remove(subscription.pattern, subscription.queueGroup, subscription);
  }

  void endSubscriptions() {
    subscriptions.values().forEach(this::subscriptionEnded);
  }

  /** Logs the 1st, 2nd, 4th, 8th ... time, so that a client that goes on does not fill the log. */
  private void refused(String what) {
    refusals++;
    if (Long.bitCount(refusals) == 1) {
      LOG.warn("{}: {} ({} refused so far)", connection, what, refusals);
    }
  }

  private void acknowledge() {
    if (client.verbose()) {
      line(OK);
    }
  }

  private void error(String text) {
    line(errorLine(text));
  }

  private void line(byte[] line) {
    connection.sendLine(line, wakeUps);
  }

  static byte[] errorLine(@Nullable String text) {
    return text == null ? Publication.NOTHING : WireText.toBytes("-ERR '" + text + "'\r\n");
  }
}
