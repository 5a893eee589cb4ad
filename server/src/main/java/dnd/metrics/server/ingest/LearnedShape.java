package dnd.metrics.server.ingest;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A payload cut into the stretches of bytes that stay and the slots between them.
 *
 * @param stretches one more than there are slots
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, compared by nobody
record LearnedShape(byte[][] stretches, LearnedEvent.Slot[] slots) {

  private record Cut(int from, int to, LearnedEvent.Slot slot) {}

  /** Cuts an event that the parser read, or returns null where a variable part has escapes. */
  static @Nullable LearnedShape of(byte[] bytes, int offset, int length, PayloadPlaces places) {
    int end = offset + length;
    Cut[] cuts = new Cut[PayloadPlaces.Part.values().length + PayloadPlaces.MOST_OTHERS + 1];
    int n = 0;
    for (PayloadPlaces.Part part : PayloadPlaces.Part.values()) {
      int place = places.part(part);
      if (place < 0) {
        continue;
      }
      int from = offset + place;
      boolean text = bytes[from] == '"';
      int to = valueEnd(bytes, from, end);
      Cut cut =
          text ? new Cut(from + 1, to - 1, slot(part, true)) : new Cut(from, to, slot(part, false));
      if (text && hasEscape(bytes, cut.from, cut.to)) {
        return null;
      }
      cuts[n++] = cut;
    }
    for (int i = 0; i < places.otherCount; i++) {
      int from = offset + places.others[i];
      if (bytes[from] != '"') {
        cuts[n++] = new Cut(from, valueEnd(bytes, from, end), LearnedEvent.Slot.OTHER_NUMBER);
      } else {
        int to = Predictor.plainText(bytes, from + 1, end);
        if (to >= 0) { // else it is part of what stays the same
          cuts[n++] = new Cut(from + 1, to, LearnedEvent.Slot.OTHER_TEXT);
        }
      }
    }
    cuts[n++] =
        new Cut(offset + places.metricsFrom, offset + places.metricsTo, LearnedEvent.Slot.METRICS);
    Cut[] sorted = Arrays.copyOf(cuts, n);
    Arrays.sort(sorted, Comparator.comparingInt(Cut::from));
    byte[][] stretches = new byte[n + 1][];
    LearnedEvent.Slot[] slots = new LearnedEvent.Slot[n];
    int at = offset;
    for (int i = 0; i < n; i++) {
      stretches[i] = Arrays.copyOfRange(bytes, at, sorted[i].from);
      slots[i] = sorted[i].slot;
      at = sorted[i].to;
    }
    stretches[n] = Arrays.copyOfRange(bytes, at, end);
    return new LearnedShape(stretches, slots);
  }

  private static LearnedEvent.Slot slot(PayloadPlaces.Part part, boolean text) {
    return switch (part) {
      case ID -> LearnedEvent.Slot.ID;
      case CORRELATION_ID -> LearnedEvent.Slot.CORRELATION_ID;
      case TIME -> text ? LearnedEvent.Slot.TIME_TEXT : LearnedEvent.Slot.TIME_NUMBER;
      case TIMESTAMP ->
          text ? LearnedEvent.Slot.TIMESTAMP_TEXT : LearnedEvent.Slot.TIMESTAMP_NUMBER;
    };
  }

  /** The place behind the string or number that begins at {@code from}. */
  static int valueEnd(byte[] bytes, int from, int end) {
    int at = from;
    if (bytes[at] == '"') {
      at++;
      while (bytes[at] != '"') {
        at += bytes[at] == '\\' ? 2 : 1;
      }
      return at + 1;
    }
    while (at < end && "+-.eE0123456789".indexOf(bytes[at]) >= 0) {
      at++;
    }
    return at;
  }

  private static boolean hasEscape(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\\') {
        return true;
      }
    }
    return false;
  }

  /** What tells this shape from others. */
  ByteKey key(boolean report) {
    int length = 0;
    for (byte[] stretch : stretches) {
      length += stretch.length;
    }
    byte[] all = new byte[length];
    byte[] kinds = new byte[1 + slots.length * 5];
    kinds[0] = (byte) (report ? 1 : 0);
    int at = 0;
    for (int i = 0; i < stretches.length; i++) {
      System.arraycopy(stretches[i], 0, all, at, stretches[i].length);
      at += stretches[i].length;
      if (i < slots.length) {
        int place = 1 + 5 * i;
        kinds[place] = slots[i].tag;
        for (int b = 0; b < 4; b++) {
          kinds[place + 1 + b] = (byte) (at >>> (8 * b));
        }
      }
    }
    return new ByteKey(all, kinds);
  }
}
