package dnd.metrics.server.block;

/** The chunks of one series as its entry in the index lists them. Filled again for each series. */
final class ChunkTable {
  private final OutputBytes chunks = new OutputBytes();
  private final OutputBytes encoded = new OutputBytes();
  private int size;
  private long lastMillis;
  private long lastReference;

  void clear() {
    chunks.clear();
    size = 0;
  }

  int size() {
    return size;
  }

  /** Time of the last sample; of meaning where there is a chunk. */
  long lastMillis() {
    return lastMillis;
  }

  /** Adds a chunk, which begins after the one before ends. */
  void add(long firstMillis, long lastMillis, long reference) {
    if (size == 0) {
      chunks.putVarint(firstMillis);
      chunks.putUvarint(lastMillis - firstMillis);
      chunks.putUvarint(reference);
    } else {
      chunks.putUvarint(firstMillis - this.lastMillis);
      chunks.putUvarint(lastMillis - firstMillis);
      chunks.putVarint(reference - lastReference);
    }
    this.lastMillis = lastMillis;
    this.lastReference = reference;
    size++;
  }

  /** The number of chunks, and what was added. */
  OutputBytes encoded() {
    encoded.clear();
    encoded.putUvarint(size);
    encoded.put(chunks.array(), 0, chunks.size());
    return encoded;
  }
}
