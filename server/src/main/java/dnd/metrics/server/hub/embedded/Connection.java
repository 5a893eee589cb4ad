package dnd.metrics.server.hub.embedded;

import dnd.metrics.server.upkeep.FailureLog;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: its socket, its two threads and its end. One thread reads and runs what
 * the client asks for, one writes what waits for the client.
 *
 * <p>States: OPEN until {@link #close}, which anyone may call; CLOSING while the last bytes are
 * written and the client's own last bytes are thrown away, so that the reason reaches it; CLOSED
 * when both threads have ended or the time for that is over. Nothing but {@code state} decides, and
 * each transition happens once.
 */
final class Connection {
  enum State {
    OPEN,
    CLOSING,
    CLOSED
  }

  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
  private static final byte[] PING = WireText.toBytes("PING\r\n");
  private static final long AWAKE_NANOS = 50_000;
  private static final Duration CLOSING_TIME = Duration.ofSeconds(1);
  private static final long TURN_LOOK_NANOS = 1_000_000;
  private static final String CLIENT_CLOSED = "Client Closed";

  private final HubContext hub;
  private final long id;
  private final Socket socket;
  private final String address;
  private final Outbound outbound;
  private final ClientSession session;

  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private volatile boolean readerEnded;
  private volatile boolean writerStarted;
  private volatile boolean writerEnded;
  private volatile boolean readingStopped;

  /**
   * Whether what was read is being worked through: set before the look at {@code readingStopped}.
   */
  private volatile boolean inTurn;

  private volatile @Nullable Thread reader;

  /** When TLS and CONNECT must be done; when the socket is closed, in CLOSING. */
  private volatile long deadlineNanos;

  private volatile boolean greeted;
  private volatile long lastInNanos;
  private final AtomicInteger pingsOut = new AtomicInteger();

  /** Null before the client is read from, and at the end. */
  private volatile @Nullable ReadBuffer readBuffer;

  /** Of the housekeeper only. */
  private long lastPingNanos;

  Connection(HubContext hub, long id, Socket socket) {
    this.hub = hub;
    this.id = id;
    this.socket = socket;
    this.address = socket.getInetAddress().getHostAddress() + ":" + socket.getPort();
    this.outbound =
        new Outbound(
            hub.options().maxPendingBytes(), hub.pending(), hub.counters(), hub.nanoClock());
    this.session = new ClientSession(hub, this);
    long now = hub.nanoClock().getAsLong();
    this.lastInNanos = now;
    this.lastPingNanos = now;
    this.deadlineNanos = now + hub.options().authTimeout().toNanos();
  }

  long id() {
    return id;
  }

  @Override
  public String toString() {
    return "client " + id + " at " + address;
  }

  boolean isOpen() {
    return state.get() == State.OPEN;
  }

  boolean wantsEcho() {
    return session.client().echo();
  }

  void start(boolean admitted) {
    ConnectionThreads.start("hub-read-" + id, hub.connections().size(), () -> read(admitted));
  }

  /** Appends a message for one of this client's subscriptions; false where it does not take it. */
  boolean send(ClientSubscription subscription, Publication publication) {
    return switch (outbound.message(subscription, publication, session.client().headers())) {
      case TAKEN -> {
        publication.wakeUps.add(outbound);
        hub.pending().keep(hub.connections());
        yield true;
      }
      case LAST -> {
        publication.wakeUps.add(outbound);
        session.subscriptionEnded(subscription);
        hub.pending().keep(hub.connections());
        yield true;
      }
      case GONE -> false;
      case OVERFLOW -> {
        cutOff(overflow(), outbound.overflowedAtBytes());
        yield false;
      }
    };
  }

  void sendLine(byte[] line, WakeUps wakeUps) {
    switch (outbound.line(line)) {
      case TAKEN, LAST -> {
        wakeUps.add(outbound);
        hub.pending().keep(hub.connections());
      }
      case OVERFLOW -> cutOff(overflow(), outbound.overflowedAtBytes());
      case GONE -> {
        // The connection is closing and has said why.
      }
    }
  }

  boolean limit(ClientSubscription subscription, int max) {
    return outbound.limit(subscription, max);
  }

  /** Bytes that wait for the client, or are being written to it. */
  long pendingBytes() {
    return outbound.pendingBytes();
  }

  /** What the bound of {@link PendingTotal} knows of {@link #pendingBytes}. */
  long countedBytes() {
    return outbound.countedBytes();
  }

  /** Ends the connection: the client is told {@code error}, if any, after what waits for it. */
  void close(String reason, @Nullable String error) {
    if (beginClosing(reason)) {
      outbound.finish(ClientSession.errorLine(error));
      endClosing();
    }
  }

  private boolean beginClosing(String reason) {
    if (!state.compareAndSet(State.OPEN, State.CLOSING)) {
      return false;
    }
    LOG.debug("{}: closed: {}", this, reason);
    deadlineNanos = hub.nanoClock().getAsLong() + CLOSING_TIME.toNanos();
    session.endSubscriptions();
    return true;
  }

  private void endClosing() {
    if (!writerStarted) {
      closeSocket();
    }
  }

  /** Closes the socket now, whatever is still under way. */
  void closeSocket() {
    if (state.getAndSet(State.CLOSED) == State.CLOSED) {
      return;
    }
    session.endSubscriptions();
    outbound.release();
    try {
      socket.close();
    } catch (IOException failed) {
      LOG.debug("{}: closing the socket failed", this, failed);
    }
    hub.connections().remove(this);
  }

  /** Tells a client that can take it that the hub is about to close. */
  void announceLameDuck() {
    if (session.client().protocol() >= 1) {
      outbound.line(hub.info().line(id, clientIp(), true));
      outbound.wake();
    }
  }

  /**
   * Takes in nothing more; what waits for the client is still sent. What comes is read and thrown
   * away: to end a socket's input would, below TLS 1.3, end its output, too.
   */
  void stopReading() {
    readingStopped = true;
  }

  /**
   * Waits until no handler runs on this connection's thread, once it is to read no more; false
   * where the time was too short.
   */
  boolean awaitReader(Duration atMost) {
    if (Thread.currentThread() == reader) {
      return true;
    }
    long began = System.nanoTime();
    while (inTurn) {
      if (System.nanoTime() - began > atMost.toNanos() || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(TURN_LOOK_NANOS);
    }
    return true;
  }

  /** The housekeeper's regular look: deadlines, and whether the client still lives. */
  void tick(long nowNanos) {
    HubOptions options = hub.options();
    State now = state.get();
    if (now == State.CLOSING && nowNanos - deadlineNanos > 0) {
      closeSocket();
    } else if (now == State.OPEN) {
      if (outbound.writingForNanos(nowNanos) > options.writeDeadline().toNanos()) {
        cutOff(
            "a write to it took longer than " + options.writeDeadline(), outbound.pendingBytes());
        closeSocket();
      } else if (awaitsGreeting() && nowNanos - deadlineNanos > 0) {
        hub.counters().authFailures.increment();
        close("Authentication Timeout", "Authentication Timeout");
      } else if (greeted) {
        askWhetherAlive(nowNanos, options);
      }
      outbound.trim();
      ReadBuffer buffer = readBuffer;
      if (buffer != null) {
        buffer.trim(nowNanos);
      }
    }
  }

  private boolean awaitsGreeting() {
    return !greeted || session.awaitsConnect();
  }

  private void askWhetherAlive(long nowNanos, HubOptions options) {
    long interval = options.pingInterval().toNanos();
    if (nowNanos - lastInNanos < interval || nowNanos - lastPingNanos < interval) {
      return;
    }
    if (pingsOut.get() >= options.maxPingsOut()) {
      hub.counters().staleConnections.increment();
      LOG.info("{}: stale connection, {} pings unanswered", this, pingsOut.get());
      close("Stale Connection", "Stale Connection");
      return;
    }
    lastPingNanos = nowNanos;
    pingsOut.incrementAndGet();
    outbound.line(PING);
    outbound.wake();
  }

  private String overflow() {
    return "more than " + hub.options().maxPendingBytes() + " bytes would wait for it";
  }

  /**
   * Cuts it off because more than {@code maxBytes} wait for all clients together, and the most for
   * this one; at once, where it is closing already.
   */
  void cutOffForAll(long maxBytes) {
    if (isOpen()) {
      cutOff(
          "more than "
              + maxBytes
              + " bytes would wait for all clients together, and the most for it",
          outbound.pendingBytes());
    } else {
      closeSocket();
    }
  }

  /** Tells the client after what is being written; what only waits is dropped. */
  private void cutOff(String why, long pending) {
    if (!beginClosing("Slow Consumer: " + why)) {
      return;
    }
    outbound.cutOff(ClientSession.errorLine("Slow Consumer"));
    endClosing();
    hub.counters().slowConsumers.increment();
    LOG.warn("{} ({}): slow consumer, cut off: {}", this, clientName(), why);
    hub.dispatcher()
        .run(() -> SlowConsumerNotice.publish(hub, id, address, clientName(), why, pending));
  }

  private String clientName() {
    return Printable.text(session.client().described());
  }

  private String clientIp() {
    return socket.getInetAddress().getHostAddress();
  }

  private void read(boolean admitted) {
    reader = Thread.currentThread();
    try {
      Socket talking = greet();
      startWriter(talking.getOutputStream());
      if (!admitted) {
        LOG.debug("{}: maximum connections exceeded", this);
        close("Maximum Connections Exceeded", "maximum connections exceeded");
      }
      InputStream in = talking.getInputStream();
      readOperations(in, talking.getOutputStream());
      if (!isOpen() || readingStopped) {
        throwAway(in);
      }
    } catch (IOException gone) {
      LOG.debug("{}: gone", this, gone);
      closeSocket();
    } finally {
      close(CLIENT_CLOSED, null);
      session.forget();
      readBuffer = null;
      readerEnded = true;
      closeWhenBothEnded();
    }
  }

  /** Sends INFO and, where the hub has TLS, turns the connection into a TLS one. */
  private Socket greet() throws IOException {
    socket.setTcpNoDelay(true);
    socket.setKeepAlive(true);
    byte[] info = hub.info().line(id, clientIp(), false);
    SSLContext tls = hub.tls();
    HubTls options = hub.options().tls();
    if (tls == null || options == null) {
      outbound.line(info);
      greeted = true;
      return socket;
    }
    if (!options.handshakeFirst()) {
      socket.getOutputStream().write(info);
    }
    SSLSocket secured =
        (SSLSocket) tls.getSocketFactory().createSocket(socket, clientIp(), socket.getPort(), true);
    secured.setUseClientMode(false);
    try {
      secured.startHandshake();
    } catch (IOException failed) {
      hub.counters().protocolErrors.increment();
      LOG.info("{}: TLS handshake failed: {}", this, Printable.text(String.valueOf(failed)));
      throw failed;
    }
    if (options.handshakeFirst()) {
      outbound.line(info);
    }
    greeted = true;
    return secured;
  }

  private void startWriter(OutputStream out) {
    writerStarted = true;
    ConnectionThreads.start("hub-write-" + id, hub.connections().size(), () -> write(out));
  }

  private void write(OutputStream out) {
    try {
      outbound.writeTo(out);
      if (!readerEnded) {
        // The client reads to the end, closes, and only then is the socket closed: closing it
        // with unread bytes would reset the connection and take the last line away.
        out.flush();
        socket.shutdownOutput();
      }
    } catch (IOException gone) {
      LOG.debug("{}: gone", this, gone);
      closeSocket();
    } catch (RuntimeException | Error failed) { // nobody else would write to it
      closeSocket();
      FailureLog.say(LOG, "{}: writing to it failed", this, failed);
    } finally {
      writerEnded = true;
      closeWhenBothEnded();
    }
  }

  private void closeWhenBothEnded() {
    if (writerEnded && readerEnded) {
      closeSocket();
    }
  }

  private void readOperations(InputStream in, OutputStream out) throws IOException {
    HubOptions options = hub.options();
    ProtocolParser parser =
        new ProtocolParser(session, options.maxControlLineBytes(), options.maxPayloadBytes());
    ReadBuffer buffer = new ReadBuffer();
    readBuffer = buffer;
    InputStream received = socket.getInputStream();
    while (isOpen() && !readingStopped) {
      if (buffer.fill(in, parser.needed()) < 0) {
        return;
      }
      lastInNanos = hub.nanoClock().getAsLong();
      pingsOut.set(0);
      boolean answered = false;
      inTurn = true;
      try {
        if (readingStopped) {
          return;
        }
        answered = turn(parser, buffer);
      } finally {
        inTurn = false;
      }
      if (answered) {
        answer(received, in, out);
      }
    }
  }

  /** Takes what the client asks for; whether it is answered, and its writer was not woken. */
  private boolean turn(ProtocolParser parser, ReadBuffer buffer) {
    session.beginTurn();
    boolean answered = false;
    try {
      buffer.taken(parser.parse(buffer.bytes(), buffer.from(), buffer.to()));
    } finally {
      answered = session.endTurn(outbound);
    }
    return answered;
  }

  /**
   * Writes the answer here where the client waits for it. Who has sent more already may go on for
   * long before it reads: for such a client only the writer waits, so that it is not kept from
   * sending by what it has not read yet.
   *
   * @param received from the socket, which is not what {@code in} gives where there is TLS
   */
  private void answer(InputStream received, InputStream in, OutputStream out) throws IOException {
    if (received.available() > 0) {
      outbound.wake();
    } else {
      outbound.writeHere(out);
      awaitNext(in);
    }
  }

  /**
   * Stays awake for a moment: who was answered at once asks again at once, and a processor that
   * fell asleep meanwhile takes longer to wake than a small question takes to be answered. Not with
   * TLS, whose stream does not say what has come before it is read.
   */
  private void awaitNext(InputStream in) throws IOException {
    if (hub.tls() != null || Thread.currentThread().isVirtual()) {
      return;
    }
    long end = System.nanoTime() + AWAKE_NANOS;
    while (in.available() == 0 && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  /** Reads what the client still sends, to no effect, until it sees that the connection ends. */
  private static void throwAway(InputStream in) throws IOException {
    byte[] scrap = new byte[16 << 10];
    int read;
    do {
      read = in.read(scrap);
    } while (read >= 0);
  }
}
