package dnd.metrics.server.hub.embedded;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The connections that are open, by id. Safe for use by several threads; {@code lock} guards the
 * map, and nothing is called while it is held.
 */
final class ConnectionRegistry {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition emptied = lock.newCondition();
  private final Map<Long, Connection> connections = new HashMap<>();

  /** Adds it; false where there are {@code limit} already. */
  boolean add(Connection connection, int limit) {
    lock.lock();
    try {
      if (connections.size() >= limit) {
        return false;
      }
      connections.put(connection.id(), connection);
      return true;
    } finally {
      lock.unlock();
    }
  }

  void remove(Connection connection) {
    lock.lock();
    try {
      connections.remove(connection.id());
      if (connections.isEmpty()) {
        emptied.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  List<Connection> all() {
    lock.lock();
    try {
      return List.copyOf(connections.values());
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return connections.size();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there are none, or the time is over. */
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
