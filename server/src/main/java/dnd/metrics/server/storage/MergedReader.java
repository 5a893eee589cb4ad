package dnd.metrics.server.storage;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several readers of one series as one, in order of time. Where more than one has a sample of the
 * same time, that of the first in rank counts. For one thread.
 *
 * <p>Mostly one reader's run lies wholly before all others: it is handed on as it is. A run that
 * others reach into is copied up to where the next one begins. A histogram behind one of another
 * reader no longer says that the counting went on: it was compared with that before it in its own.
 */
final class MergedReader implements SampleReader {
  private static final class Part {
    final SampleReader reader;
    final SampleBatch run = new SampleBatch();
    int at;

    Part(SampleReader reader) {
      this.reader = reader;
    }

    long millis() {
      return run.timestamps[at];
    }

    long lastMillis() {
      return run.timestamps[run.size - 1];
    }

    /** Whether there is a sample at {@link #at}; takes the next run where this one is used up. */
    boolean fill() {
      while (at >= run.size) {
        at = 0;
        if (!reader.next(run)) {
          return false;
        }
      }
      return true;
    }

    /** Passes over a sample that another part has told. */
    boolean skipTo(long millis) {
      while (fill()) {
        if (millis() >= millis) {
          return true;
        }
        at++;
      }
      return false;
    }
  }

  /** By rank; those that have come to their end are gone. */
  private final List<Part> parts = new ArrayList<>();

  /** Of which the samples were that were told last. */
  private @Nullable Part last;

  private boolean started;

  /**
   * @param byRank whose sample counts comes first
   */
  MergedReader(List<SampleReader> byRank) {
    byRank.forEach(reader -> parts.add(new Part(reader)));
  }

  @Override
  public boolean next(SampleBatch batch) {
    if (!started) {
      started = true;
      parts.removeIf(part -> !part.fill());
    }
    if (parts.isEmpty()) {
      batch.clear();
      return false;
    }
    Part first = parts.getFirst();
    for (Part part : parts) {
      if (part.millis() < first.millis()) {
        first = part;
      }
    }
    long end = Long.MAX_VALUE; // where another begins to have a say
    for (Part part : parts) {
      if (part != first) {
        end = Math.min(end, part.millis());
      }
    }
    long told;
    if (first.at == 0 && first.lastMillis() < end) {
      told = first.lastMillis();
      hand(first, batch);
    } else {
      told = copy(first, Math.max(end, first.millis() + 1), batch);
    }
    if (first != last) {
      batch.forgetNoReset(0);
      last = first;
    }
    parts.removeIf(part -> !part.skipTo(told + 1));
    return true;
  }

  /** Gives the run away, and takes the other's arrays to be filled next. */
  private static void hand(Part from, SampleBatch batch) {
    SampleBatch run = from.run;
    long[] timestamps = batch.timestamps;
    double[] values = batch.values;
    batch.timestamps = run.timestamps;
    batch.values = run.values;
    batch.histograms = run.histograms;
    batch.startTimestamps = run.startTimestamps;
    batch.size = run.size;
    run.timestamps = timestamps;
    run.values = values;
    run.clear();
    from.at = 0;
  }

  /** Copies the samples before {@code endMillis}; returns the time of the last. */
  private static long copy(Part from, long endMillis, SampleBatch batch) {
    SampleBatch run = from.run;
    int start = from.at;
    int end = start;
    while (end < run.size && run.timestamps[end] < endMillis) {
      end++;
    }
    int n = end - start;
    batch.clear();
    batch.ensureCapacity(n);
    System.arraycopy(run.timestamps, start, batch.timestamps, 0, n);
    Histogram[] histograms = run.histograms;
    if (histograms == null) {
      System.arraycopy(run.values, start, batch.values, 0, n);
    } else {
      Histogram[] some = new Histogram[n];
      System.arraycopy(histograms, start, some, 0, n);
      batch.histograms = some;
    }
    long[] starts = run.startTimestamps;
    if (starts != null) {
      long[] some = new long[n];
      System.arraycopy(starts, start, some, 0, n);
      batch.startTimestamps = some;
    }
    batch.size = n;
    from.at = end;
    return batch.timestamps[n - 1];
  }
}
