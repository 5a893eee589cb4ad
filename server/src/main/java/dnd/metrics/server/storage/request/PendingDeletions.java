package dnd.metrics.server.storage.request;

import dnd.metrics.server.model.Deletion;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Deletions that were asked for once, by the token with which they are to be asked for again. They
 * wait for {@value #PATIENCE_MILLIS} ms; where more than {@value #MOST_WAITING} would, the oldest
 * goes. Not thread-safe.
 */
final class PendingDeletions {
  static final long PATIENCE_MILLIS = 5 * 60 * 1000L;
  static final int MOST_WAITING = 1000;

  /** What waits, for whom, and until when. */
  record Pending(Deletion deletion, String service, long expiresMillis) {}

  private final RandomGenerator random;
  private final Map<String, Pending> waiting = new LinkedHashMap<>();

  /**
   * @param random not to be foreseen by others
   */
  PendingDeletions(RandomGenerator random) {
    this.random = random;
  }

  /** Lets a deletion wait; the token. */
  String add(Deletion deletion, String service, long nowMillis) {
    removeExpired(nowMillis);
    if (waiting.size() >= MOST_WAITING) {
      waiting.remove(waiting.keySet().iterator().next());
    }
    String token = "%016x%016x".formatted(random.nextLong(), random.nextLong());
    waiting.put(token, new Pending(deletion, service, nowMillis + PATIENCE_MILLIS));
    return token;
  }

  /** What waits under a token; empty where that is over, or another service's. */
  Optional<Pending> find(String token, String service, long nowMillis) {
    removeExpired(nowMillis);
    return Optional.ofNullable(waiting.get(token))
        .filter(pending -> pending.service().equals(service));
  }

  void remove(String token) {
    waiting.remove(token);
  }

  private void removeExpired(long nowMillis) {
    Iterator<Pending> oldest = waiting.values().iterator();
    while (oldest.hasNext() && oldest.next().expiresMillis() <= nowMillis) {
      oldest.remove();
    }
  }
}
