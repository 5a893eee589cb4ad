package dnd.metrics.server.block;

import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import org.jspecify.annotations.Nullable;

/**
 * What an index says of a series. Chunks are read one after the other; for one thread. A copy of
 * the entry's bytes, whose checksum was right.
 */
final class SeriesEntry {
  private final IndexFile index;
  private final int reference;
  private final byte[] bytes;
  private final int limit;
  private int at;
  private int chunksLeft = -1;
  private boolean first;
  private long firstMillis;
  private long lastMillis;
  private long chunkReference;

  SeriesEntry(IndexFile index, int reference, byte[] bytes, int limit) {
    this.index = index;
    this.reference = reference;
    this.bytes = bytes;
    this.limit = limit;
  }

  private RuntimeException damage(String problem) {
    return index.damageOf(reference, problem);
  }

  private long uvarint() {
    long value = 0;
    for (int shift = 0; shift < 70 && at < limit; shift += 7) {
      byte b = bytes[at++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw damage("a number does not end");
  }

  private long varint() {
    long value = uvarint();
    return (value >>> 1) ^ -(value & 1);
  }

  private int count() {
    long count = uvarint();
    if (count < 0 || count > limit) {
      throw damage("a count of " + Long.toUnsignedString(count));
    }
    return (int) count;
  }

  /** How many bytes it has in the index, without length and checksum. */
  int byteSize() {
    return limit;
  }

  /** The labels, which come first. */
  Labels labels() {
    at = 0;
    String[] pairs = new String[2 * count()];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = index.symbol(uvarint());
    }
    return Labels.ofSorted(pairs);
  }

  /** The value of one label, empty where it is absent; {@code nameSymbol} is the name's number. */
  String value(long nameSymbol) {
    at = 0;
    for (int i = count(); i > 0; i--) {
      long name = uvarint();
      long value = uvarint();
      if (name == nameSymbol) {
        return index.symbol(value);
      }
    }
    return "";
  }

  /** Goes to before the first chunk. */
  SeriesEntry startChunks() {
    at = 0;
    for (int i = 2 * count(); i > 0; i--) {
      uvarint();
    }
    chunksLeft = count();
    first = true;
    return this;
  }

  /** Goes to the next chunk; false when there is none. */
  boolean nextChunk() {
    if (chunksLeft == 0) {
      return false;
    }
    chunksLeft--;
    if (first) {
      first = false;
      firstMillis = varint();
      lastMillis = firstMillis + uvarint();
      chunkReference = uvarint();
    } else {
      firstMillis = lastMillis + uvarint();
      lastMillis = firstMillis + uvarint();
      chunkReference += varint();
    }
    if (lastMillis < firstMillis) {
      throw damage("a chunk ends before it begins");
    }
    return true;
  }

  long firstMillis() {
    return firstMillis;
  }

  long lastMillis() {
    return lastMillis;
  }

  long chunkReference() {
    return chunkReference;
  }

  /** The part of a deletion's time in which the series may have samples; null for none. */
  @Nullable DeletedSpan span(Deletion deletion) {
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    startChunks();
    while (nextChunk()) {
      if (firstMillis <= deletion.toMillis() && lastMillis >= deletion.fromMillis()) {
        first = Math.min(first, firstMillis);
        last = Math.max(last, lastMillis);
      }
    }
    return first > last
        ? null
        : new DeletedSpan(
            Math.max(first, deletion.fromMillis()), Math.min(last, deletion.toMillis()));
  }
}
