package dnd.metrics.server.head;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ids of a sender's recent events, by which a retry is known, with each event's place in the
 * stream. The last {@link #KEPT_AT_LEAST} are remembered in any case, up to {@link #KEPT_AT_MOST}
 * where they are not older than {@link #KEPT_MILLIS}. Guarded by the sender's lock. The log brings
 * them back after a restart.
 */
final class EventIds {
  static final int KEPT_AT_LEAST = 256;
  static final int KEPT_AT_MOST = 65_536;
  static final long KEPT_MILLIS = 10 * 60 * 1000L;

  private record Entry(String id, long receivedMillis) {}

  private final Map<String, Long> sequences = new HashMap<>();
  private final ArrayDeque<Entry> byAge = new ArrayDeque<>();

  /** The event's place in the stream; null where the id is not known. */
  @Nullable Long sequenceOf(String id) {
    return sequences.get(id);
  }

  void add(String id, long sequence, long receivedMillis) {
    if (sequences.put(id, sequence) == null) {
      byAge.add(new Entry(id, receivedMillis));
    }
    while (byAge.size() > KEPT_AT_LEAST
        && (byAge.size() > KEPT_AT_MOST
            || byAge.getFirst().receivedMillis < receivedMillis - KEPT_MILLIS)) {
      sequences.remove(byAge.removeFirst().id);
    }
  }

  void write(CheckpointBytes out) {
    out.unsigned(byAge.size());
    for (Entry entry : byAge) {
      out.string(entry.id);
      out.unsigned(sequences.getOrDefault(entry.id, 0L));
      out.signed(entry.receivedMillis);
    }
  }

  void read(CheckpointCursor in) {
    for (int n = in.count(); n > 0; n--) {
      String id = in.string();
      long sequence = in.unsigned();
      add(id, sequence, in.signed());
    }
  }

  /** When the newest one was received, Unix milliseconds; the smallest long for none. */
  long newestMillis() {
    return byAge.isEmpty() ? Long.MIN_VALUE : byAge.getLast().receivedMillis;
  }

  int size() {
    return byAge.size();
  }
}
