package dnd.metrics.server.wal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Records on their way to disk, as they will be in the file, and who waits for them. Not
 * thread-safe.
 */
final class PendingRecords {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** A buffer that one flood made larger than this is given back. */
  private static final int KEPT_BYTES = 8 << 20;

  private byte[] bytes = new byte[1 << 16];
  private int size;
  private long lastSequence;
  private final List<LogCallback> waiting = new ArrayList<>();

  /** Adds a record whose body's checksum {@code crc} holds; the frame is added to it here. */
  void add(RecordBody body, long sequence, CRC32C crc, LogCallback callback) {
    int length = body.length();
    int needed = size + Segment.FRAME_BYTES + length;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
    }
    INT.set(bytes, size, Segment.RECORD_MAGIC);
    INT.set(bytes, size + 4, length);
    LONG.set(bytes, size + 8, sequence);
    crc.update(bytes, size + 4, 12);
    INT.set(bytes, size + 16, (int) crc.getValue());
    body.copyTo(bytes, size + Segment.FRAME_BYTES);
    size = needed;
    lastSequence = sequence;
    waiting.add(callback);
  }

  /** Adds somebody who waits for all that was added before. */
  void addWaiting(LogCallback callback) {
    waiting.add(callback);
  }

  /** Moves everything of {@code later} behind what is here. */
  void takeAll(PendingRecords later) {
    if (later.size > 0) {
      if (size + later.size > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(size + later.size, 2 * bytes.length));
      }
      System.arraycopy(later.bytes, 0, bytes, size, later.size);
      size += later.size;
      lastSequence = later.lastSequence;
    }
    waiting.addAll(later.waiting);
    later.clear();
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0 && waiting.isEmpty();
  }

  long lastSequence() {
    return lastSequence;
  }

  ByteBuffer bytes() {
    return ByteBuffer.wrap(bytes, 0, size);
  }

  /** Those who wait; they wait no longer. */
  List<LogCallback> takeWaiting() {
    List<LogCallback> taken = List.copyOf(waiting);
    waiting.clear();
    return taken;
  }

  void clear() {
    size = 0;
    waiting.clear();
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[KEPT_BYTES];
    }
  }
}
