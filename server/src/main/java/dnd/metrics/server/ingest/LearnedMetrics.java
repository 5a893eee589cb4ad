package dnd.metrics.server.ingest;

import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Learned metrics by their bytes around the value: a hash table of references and nothing else,
 * since a connection may know a million of them. Looking up copies nothing. For one thread.
 */
final class LearnedMetrics {
  /** A sender whose metrics collide more often than by chance is not helped to. */
  private static final int MOST_OF_ONE_HASH = 32;

  private @Nullable LearnedMetric[] slots = new LearnedMetric[16];
  private int size;
  private final CRC32C crc = new CRC32C();

  /**
   * The bytes of one metric in a payload: from its brace to its value, and from there to its end.
   */
  record Place(int from, int valueFrom, int valueTo, int to) {
    int beforeLength() {
      return valueFrom - from;
    }

    int afterLength() {
      return to - valueTo;
    }
  }

  int hash(byte[] bytes, Place place) {
    crc.reset();
    crc.update(bytes, place.from, place.beforeLength());
    crc.update(bytes, place.valueTo, place.afterLength());
    return (int) crc.getValue() * 0x9e3779b9;
  }

  @Nullable LearnedMetric find(byte[] bytes, Place place, int hash) {
    int mask = slots.length - 1;
    for (int i = hash & mask; ; i = (i + 1) & mask) {
      LearnedMetric found = slots[i];
      if (found == null || (found.hash == hash && isAt(found, bytes, place))) {
        return found;
      }
    }
  }

  private static boolean isAt(LearnedMetric metric, byte[] bytes, Place place) {
    return metric.before.length == place.beforeLength()
        && metric.beginsAt(bytes, place.from, place.valueFrom)
        && metric.after.length == place.afterLength()
        && metric.endsAt(bytes, place.valueTo, place.to);
  }

  /** Adds one that is not there yet; false where too many have its hash. */
  boolean add(LearnedMetric metric) {
    if (++size * 4 > slots.length * 3) {
      @Nullable LearnedMetric[] old = slots;
      slots = new LearnedMetric[2 * old.length];
      for (LearnedMetric each : old) {
        if (each != null) {
          slots[place(each.hash)] = each;
        }
      }
    }
    int mask = slots.length - 1;
    int same = 0;
    for (int i = metric.hash & mask; slots[i] != null; i = (i + 1) & mask) {
      LearnedMetric there = slots[i];
      if (there != null && there.hash == metric.hash && ++same == MOST_OF_ONE_HASH) {
        size--;
        return false;
      }
    }
    slots[place(metric.hash)] = metric;
    return true;
  }

  private int place(int hash) {
    int mask = slots.length - 1;
    int i = hash & mask;
    while (slots[i] != null) {
      i = (i + 1) & mask;
    }
    return i;
  }

  int size() {
    return size;
  }

  /**
   * The table as it is now, with places that are empty: what is added later may be missing in it.
   */
  @Nullable LearnedMetric[] table() {
    return slots;
  }

  /** Whether a run of bytes is {@code known}. */
  static boolean isSame(byte[] known, byte[] bytes, int from, int to) {
    return Arrays.equals(known, 0, known.length, bytes, from, to);
  }
}
