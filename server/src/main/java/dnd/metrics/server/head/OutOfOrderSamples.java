package dnd.metrics.server.head;

import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.wal.EventRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The samples of one series that came out of order, sorted, in short runs that do not overlap and
 * hold one kind of sample each. One thread at a time inserts; readers take {@link #runs} as it is.
 * They are not compressed: late samples are few, and the next block takes them.
 */
final class OutOfOrderSamples {
  static final int SAMPLES_PER_RUN = 128;
  private static final int FIRST_CAPACITY = 4;

  volatile Run[] runs = {};

  /** A run; {@link #histograms} is null for floats. The first {@link #size} places are in use. */
  static final class Run {
    final long[] timestamps;
    final double[] values;
    final Histogram @Nullable [] histograms;
    volatile int size;

    Run(long[] timestamps, double[] values, Histogram @Nullable [] histograms, int size) {
      this.timestamps = timestamps;
      this.values = values;
      this.histograms = histograms;
      this.size = size;
    }

    long lastMillis() {
      return timestamps[size - 1];
    }

    boolean isOfKind(@Nullable Histogram histogram) {
      return (histograms == null) == (histogram == null);
    }

    /** Puts a sample behind the last, where there is room; readers see it once it is whole. */
    boolean appended(long timeMillis, double value, @Nullable Histogram histogram) {
      int n = size;
      if (n == timestamps.length) {
        return false;
      }
      timestamps[n] = timeMillis;
      if (histogram != null && histograms != null) {
        histograms[n] = histogram;
      } else {
        values[n] = value;
      }
      size = n + 1;
      return true;
    }

    int sizeBefore(long endMillis) {
      int at = Arrays.binarySearch(timestamps, 0, size, endMillis);
      return at < 0 ? -at - 1 : at;
    }

    /** This run where it has no sample at one of the times, else what is left of it. */
    Run without(long[] times) {
      Run rest = part(0, 0, Math.max(FIRST_CAPACITY, size));
      Histogram[] h = histograms;
      for (int i = 0; i < size; i++) {
        if (Arrays.binarySearch(times, timestamps[i]) < 0) {
          rest.appended(timestamps[i], h == null ? values[i] : 0, h == null ? null : h[i]);
        }
      }
      return rest.size == size ? this : rest;
    }

    /** The samples from one place to another, with room for {@code capacity}. */
    Run part(int from, int to, int capacity) {
      Histogram[] h = histograms;
      return new Run(
          Arrays.copyOf(Arrays.copyOfRange(timestamps, from, to), capacity),
          h == null ? Arrays.copyOf(Arrays.copyOfRange(values, from, to), capacity) : values,
          h == null ? null : Arrays.copyOf(Arrays.copyOfRange(h, from, to), capacity),
          to - from);
    }
  }

  /** Inserts a sample at a time that there is none at yet. */
  void insert(long timeMillis, double value, @Nullable Histogram given) {
    Histogram histogram = given == null ? null : withoutKnowledge(given);
    Run[] all = runs;
    int r = 0;
    while (r < all.length && all[r].lastMillis() < timeMillis) {
      r++;
    }
    // It belongs before the last sample of run r: into it, or behind the run before.
    if (r > 0 && (r == all.length || timeMillis < all[r].timestamps[0])) {
      Run before = all[r - 1];
      if (before.isOfKind(histogram) && before.size < SAMPLES_PER_RUN) {
        if (!before.appended(timeMillis, value, histogram)) {
          int capacity = Math.min(SAMPLES_PER_RUN, 2 * before.size);
          Run wider = before.part(0, before.size, capacity);
          wider.appended(timeMillis, value, histogram);
          runs = replaced(all, r - 1, wider);
        }
        return;
      }
      runs = inserted(all, r, single(timeMillis, value, histogram));
      return;
    }
    if (r == all.length || timeMillis < all[r].timestamps[0]) {
      runs = inserted(all, r, single(timeMillis, value, histogram));
      return;
    }
    Run run = all[r];
    int at = -Arrays.binarySearch(run.timestamps, 0, run.size, timeMillis) - 1;
    Run left = run.part(0, at, Math.max(FIRST_CAPACITY, at + 1));
    Run right = run.part(at, run.size, run.size - at);
    if (!run.isOfKind(histogram)) {
      Run middle = single(timeMillis, value, histogram);
      runs = inserted(inserted(replaced(all, r, left), r + 1, middle), r + 2, right);
    } else if (run.size < SAMPLES_PER_RUN) {
      Run whole = run.part(0, at, Math.min(SAMPLES_PER_RUN, run.size + 8));
      whole.appended(timeMillis, value, histogram);
      for (int i = at; i < run.size; i++) {
        Histogram[] h = run.histograms;
        whole.appended(run.timestamps[i], h == null ? run.values[i] : 0, h == null ? null : h[i]);
      }
      runs = replaced(all, r, whole);
    } else {
      left.appended(timeMillis, value, histogram);
      runs = inserted(replaced(all, r, left), r + 1, right);
    }
  }

  /** Time of the first sample. */
  long earliestMillis() {
    Run[] all = runs;
    return all.length == 0 ? Long.MAX_VALUE : all[0].timestamps[0];
  }

  /** The times before {@code endMillis} at which there are samples, sorted. */
  long[] timesBefore(long endMillis) {
    Run[] all = runs;
    int total = 0;
    for (Run run : all) {
      total += run.sizeBefore(endMillis);
    }
    long[] times = new long[total];
    int n = 0;
    for (Run run : all) {
      int some = run.sizeBefore(endMillis);
      System.arraycopy(run.timestamps, 0, times, n, some);
      n += some;
    }
    return times;
  }

  /** Forgets the samples between two times, both included. */
  void removeBetween(long fromMillis, long toMillis) {
    long[] before = toMillis == Long.MAX_VALUE ? timesBefore(toMillis) : timesBefore(toMillis + 1);
    int at = Arrays.binarySearch(before, fromMillis);
    remove(Arrays.copyOfRange(before, at < 0 ? -at - 1 : at, before.length));
  }

  /** Forgets the samples at some times, which are sorted. */
  void remove(long[] times) {
    List<Run> kept = new ArrayList<>();
    for (Run run : runs) {
      Run rest = run.without(times);
      if (rest.size > 0) {
        kept.add(rest);
      }
    }
    runs = kept.toArray(new Run[0]);
  }

  /** Whether there is one at a time or behind it; for any thread. */
  boolean reach(long millis) {
    Run[] all = runs;
    return all.length > 0 && all[all.length - 1].lastMillis() >= millis;
  }

  /** The run with the newest sample; there must be one. */
  Run newestRun() {
    return runs[runs.length - 1];
  }

  boolean isEmpty() {
    return runs.length == 0;
  }

  /** As one record of the log would hold them. */
  void write(CheckpointBytes out, EventRecord scratch) {
    scratch.begin(0);
    for (Run run : runs) {
      Histogram[] h = run.histograms;
      for (int i = 0; i < run.size; i++) {
        if (h == null) {
          scratch.sample(0, run.timestamps[i], run.values[i]);
        } else {
          scratch.histogram(0, run.timestamps[i], h[i]);
        }
      }
    }
    scratch.end(0, null, null, false, null, 0);
    out.record(scratch);
  }

  /** What lay before it when it was sent says nothing about what lies before it here. */
  private static Histogram withoutKnowledge(Histogram histogram) {
    return histogram.counterResetHint() == CounterResetHint.GAUGE
            || histogram.counterResetHint() == CounterResetHint.UNKNOWN
        ? histogram
        : histogram.toBuilder().counterResetHint(CounterResetHint.UNKNOWN).build();
  }

  private static Run single(long timeMillis, double value, @Nullable Histogram histogram) {
    Run run =
        new Run(
            new long[FIRST_CAPACITY],
            new double[histogram == null ? FIRST_CAPACITY : 0],
            histogram == null ? null : new Histogram[FIRST_CAPACITY],
            0);
    run.appended(timeMillis, value, histogram);
    return run;
  }

  private static Run[] replaced(Run[] all, int at, Run run) {
    Run[] next = all.clone();
    next[at] = run;
    return next;
  }

  private static Run[] inserted(Run[] all, int at, Run run) {
    Run[] next = new Run[all.length + 1];
    System.arraycopy(all, 0, next, 0, at);
    next[at] = run;
    System.arraycopy(all, at, next, at + 1, all.length - at);
    return next;
  }
}
