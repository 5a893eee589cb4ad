package dnd.metrics.server.head;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What the service adds up itself for a series: a counter that is sent as increments, or a
 * histogram that is sent as single observations. Its newest sample is <em>open</em>: it is not in a
 * chunk yet, and additions go into it, until one comes that is {@link #SPACING_MILLIS} or more
 * behind the first of them. So every addition is counted and visible at once, and history gets at
 * most one sample a second.
 *
 * <p>One thread at a time writes. Readers copy the fields and look at {@link #version} before and
 * after: it is odd while a write is under way and moves with each, so they know when to copy again.
 * The writer never waits.
 */
abstract sealed class RunningValue permits RunningTotal, RunningHistogram {
  /** The least distance in time of the samples that are kept. */
  static final long SPACING_MILLIS = 1000;

  private static final VarHandle VERSION;

  static {
    try {
      VERSION = MethodHandles.lookup().findVarHandle(RunningValue.class, "version", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("UnusedVariable") // through VERSION
  private volatile int version;

  private long timeMillis = Long.MIN_VALUE;
  private long openedMillis;
  private boolean open;

  /** Time of the newest sample. */
  final long timeMillis() {
    return timeMillis;
  }

  final boolean isOpen() {
    return open;
  }

  /** Whether an addition at that time begins a new sample. */
  final boolean isOverAt(long millis) {
    return open && millis - openedMillis >= SPACING_MILLIS;
  }

  /** Moves the open sample, or opens one. For the writer, between the brackets of a write. */
  final void moveTo(long millis) {
    if (!open) {
      open = true;
      openedMillis = millis;
    }
    timeMillis = millis;
  }

  /** The sample is in a chunk now. */
  final void close() {
    beginWrite();
    open = false;
    endWrite();
  }

  final void beginWrite() {
    VERSION.setOpaque(this, (int) VERSION.getOpaque(this) + 1);
    VarHandle.storeStoreFence();
  }

  final void endWrite() {
    VERSION.setRelease(this, (int) VERSION.getOpaque(this) + 1);
  }

  /** Waits, for readers, until no write is under way. */
  final int beginRead() {
    int v = (int) VERSION.getAcquire(this);
    while ((v & 1) != 0) {
      Thread.onSpinWait();
      v = (int) VERSION.getAcquire(this);
    }
    return v;
  }

  /** Whether nothing was written since {@link #beginRead} returned {@code v}. */
  final boolean endRead(int v) {
    VarHandle.loadLoadFence();
    return (int) VERSION.getOpaque(this) == v;
  }

  /** All that a writer needs to go on; for the thread that has the sender's lock. */
  abstract void write(CheckpointBytes out);

  final void writeTimes(CheckpointBytes out) {
    out.single(open ? 1 : 0);
    out.signed(timeMillis);
    out.signed(openedMillis);
  }

  final void readTimes(CheckpointCursor in) {
    open = in.single() == 1;
    timeMillis = in.signed();
    openedMillis = in.signed();
  }

  /** A copy of the newest sample that will not move, or null where it is in a chunk. */
  abstract @org.jspecify.annotations.Nullable OpenSample newest();
}
