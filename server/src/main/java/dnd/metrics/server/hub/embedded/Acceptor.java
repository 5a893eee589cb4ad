package dnd.metrics.server.hub.embedded;

import dnd.metrics.server.hub.embedded.ConnectionRegistry.Admission;
import dnd.metrics.server.upkeep.FailureLog;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes in new clients, on one thread, until it is closed. */
final class Acceptor implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
  private static final long PAUSE_AFTER_FAILURE_NANOS = 10_000_000;

  private final ServerSocket listening;
  private final HubContext hub;
  private final AtomicLong lastId = new AtomicLong();
  private final Refusals refusals = new Refusals();

  Acceptor(ServerSocket listening, HubContext hub) {
    this.listening = listening;
    this.hub = hub;
  }

  void start() {
    Thread.ofPlatform().name("hub-accept").daemon(false).start(this);
  }

  @Override
  public void run() {
    while (!listening.isClosed()) {
      try {
        admit(listening.accept());
      } catch (IOException | RuntimeException | Error failed) {
        // The next one may do; without this thread nobody would ever come in again.
        if (!listening.isClosed()) {
          FailureLog.say(LOG, "A client could not be taken in", failed);
          LockSupport.parkNanos(PAUSE_AFTER_FAILURE_NANOS);
        }
      }
    }
  }

  void close() {
    try {
      listening.close();
    } catch (IOException failed) {
      LOG.warn("The hub's port could not be closed", failed);
    }
  }

  private void noteRefusal(Connection connection, int limit) {
    hub.counters().refusedConnections.increment();
    long refused = refusals.toTell(hub.nanoClock().getAsLong());
    if (refused > 0) {
      LOG.warn(
          "max_connections of the hub is {}: {} more were refused, the last is {}",
          limit,
          refused,
          connection);
    }
  }

  private void admit(Socket socket) {
    Connection connection = new Connection(hub, lastId.incrementAndGet(), socket);
    hub.counters().totalConnections.increment();
    int limit = hub.options().maxConnections();
    Admission admission = hub.connections().add(connection, limit);
    if (admission != Admission.ADMITTED) {
      noteRefusal(connection, limit);
    }
    if (admission == Admission.TURNED_AWAY) {
      connection.closeSocket();
      return;
    }
    try {
      connection.start(admission == Admission.ADMITTED);
    } catch (OutOfMemoryError noThread) {
      // The system gives no more threads; those who are connected go on.
      connection.closeSocket();
      FailureLog.say(LOG, "{}: no thread for it", connection, noThread);
    }
  }
}
