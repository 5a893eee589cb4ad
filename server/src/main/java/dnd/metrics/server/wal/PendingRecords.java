package dnd.metrics.server.wal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Records on their way to disk, as they will be in the file, and who waits for them. They are
 * written together, so the first is marked. Where there is no memory for one more, nothing is
 * changed; to hand over those who wait needs none. Not thread-safe.
 */
final class PendingRecords {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** A buffer that one flood made larger than this is given back. */
  private static final int KEPT_BYTES = 8 << 20;

  private static final int LEAST_BYTES = 1 << 16;
  private static final byte[] NONE = {};

  private byte[] bytes = new byte[LEAST_BYTES];
  private int size;
  private long lastSequence;

  /** With room from the beginning: a list made without any does not make it when asked to. */
  private ArrayList<LogCallback> waiting = new ArrayList<>(16);

  /** So many of those who wait were handed over. */
  private int taken;

  /** Adds a record whose body's checksum {@code crc} holds; the frame is added to it here. */
  void add(RecordBody body, long sequence, CRC32C crc, LogCallback callback) {
    int length = body.length();
    int needed = size + Segment.FRAME_BYTES + length;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.max(needed, LEAST_BYTES), 2 * bytes.length));
    }
    waiting.ensureCapacity(waiting.size() + 1);
    INT.set(bytes, size, Segment.RECORD_MAGIC);
    INT.set(bytes, size + 4, size == 0 ? length | Segment.FIRST_OF_WRITE : length);
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

  /**
   * Takes over those who wait for records of {@code later}, which stay there; only where nobody
   * waits here any more.
   */
  void takeWaitingOf(PendingRecords later) {
    ArrayList<LogCallback> nobody = waiting;
    waiting = later.waiting;
    later.waiting = nobody;
  }

  int size() {
    return size;
  }

  /** How many wait. */
  int waiting() {
    return waiting.size();
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

  /** The next of those who wait, who does not wait any longer; null behind the last. */
  @Nullable LogCallback takeWaiting() {
    if (taken < waiting.size()) {
      return waiting.get(taken++);
    }
    waiting.clear();
    taken = 0;
    return null;
  }

  /** The records are on disk, and nobody waits for them any more. */
  void clear() {
    size = 0;
    if (bytes.length > KEPT_BYTES) {
      bytes = NONE;
    }
  }
}
