package dnd.metrics.server.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A run of samples as parallel arrays, reused from run to run. A batch holds either floats or
 * native histograms. Stale markers are in it as samples ({@link StaleMarker}). Fields are open
 * because the loops over them are the hottest of the program; only {@link SampleReader}s write. For
 * one thread.
 */
public final class SampleBatch {
  /** How many samples the arrays hold. */
  public int size;

  /** Unix milliseconds, ascending. */
  public long[] timestamps = new long[128];

  /** Values where the batch holds floats. */
  public double[] values = new double[128];

  /**
   * Histograms where the batch holds histograms; null for floats. They may be kept, and must not be
   * changed.
   */
  public Histogram @Nullable [] histograms;

  /**
   * When each sample's counting began, Unix milliseconds, 0 for unknown; null where that is unknown
   * of all.
   */
  public long @Nullable [] startTimestamps;

  /**
   * Makes room for {@code capacity} samples in {@link #timestamps} and {@link #values}; keeps what
   * is there.
   */
  public void ensureCapacity(int capacity) {
    if (timestamps.length < capacity) {
      int n = Math.max(capacity, timestamps.length * 2);
      timestamps = Arrays.copyOf(timestamps, n);
      values = Arrays.copyOf(values, n);
    }
  }

  /** Empties the batch and makes it one of floats without start timestamps. */
  public void clear() {
    size = 0;
    histograms = null;
    startTimestamps = null;
  }
}
