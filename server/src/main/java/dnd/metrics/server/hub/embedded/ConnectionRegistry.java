package dnd.metrics.server.hub.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The connections that are open, by id: those that were admitted, and beside them a few that are
 * too many and are told so, which takes a moment and must have its deadlines, too. Safe for use by
 * several threads; {@code lock} guards the maps, and nothing is called while it is held.
 */
final class ConnectionRegistry {
  private static final int MOST_REFUSED = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition emptied = lock.newCondition();
  private final Map<Long, Connection> connections = new HashMap<>();
  private final Map<Long, Connection> refused = new HashMap<>();

  /** What becomes of a new connection. */
  enum Admission {
    ADMITTED,
    /** It is to be told that there are too many. */
    REFUSED,
    /** Too many are being told that already: it is to be closed without a word. */
    TURNED_AWAY
  }

  /** Adds it, where there are less than {@code limit}. */
  Admission add(Connection connection, int limit) {
    lock.lock();
    try {
      if (connections.size() < limit) {
        connections.put(connection.id(), connection);
        return Admission.ADMITTED;
      }
      if (refused.size() < MOST_REFUSED) {
        refused.put(connection.id(), connection);
        return Admission.REFUSED;
      }
      return Admission.TURNED_AWAY;
    } finally {
      lock.unlock();
    }
  }

  void remove(Connection connection) {
    lock.lock();
    try {
      refused.remove(connection.id());
      connections.remove(connection.id());
      if (connections.isEmpty()) {
        emptied.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Those that are refused among them. */
  List<Connection> all() {
    lock.lock();
    try {
      List<Connection> all = new ArrayList<>(connections.values());
      all.addAll(refused.values());
      return all;
    } finally {
      lock.unlock();
    }
  }

  /** How many were admitted. */
  int size() {
    lock.lock();
    try {
      return connections.size();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until no admitted one is left, or the time is over. */
  void awaitEmpty(Duration atMost) {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (!connections.isEmpty() && left > 0) {
        left = emptied.awaitNanos(left);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
