package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.DamagedBlockException;
import dnd.metrics.server.model.Aggregate;
import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.storage.DownsampledChoice.Chosen;
import dnd.metrics.server.storage.DownsampledChoice.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A series that is in downsampled blocks, and elsewhere as well maybe. In the time of a downsampled
 * block only that counts; where it was made before something came late that it could not be made
 * of, that counts in windows of which the block has nothing.
 */
final class DownsampledSeries implements Series {
  /**
   * What is in one block.
   *
   * @param weights how many raw samples each stands for; null where it is one each
   */
  private record Part(Chosen chosen, Downsampling wanted, Series series, @Nullable Series weights) {
    long min() {
      return chosen.meta().minMillis();
    }

    long max() {
      return chosen.meta().maxMillis();
    }

    SampleReader read(long fromMillis, long toMillis) {
      Series read = series;
      if (weights == null && chosen.kind().aggregate() != wanted.aggregate()) {
        read = wanted.of(series);
      }
      SampleReader samples = watched(chosen.owner(), chosen.block(), read, fromMillis, toMillis);
      if (weights == null) {
        return unweighted(samples);
      }
      Weights of = chosen.weights().orElseThrow();
      SampleReader edges =
          weighted(samples, watched(of.owner(), of.block(), weights, fromMillis, toMillis));
      return wanted.aggregate() == Aggregate.EDGES ? edges : summed(edges, wanted.aggregate());
    }

    /** Sets a block aside that turns out to be damaged. */
    private static SampleReader watched(
        Blocks owner, Block block, Series series, long fromMillis, long toMillis) {
      try {
        SampleReader read = series.read(fromMillis, toMillis);
        return batch -> {
          try {
            return read.next(batch);
          } catch (DamagedBlockException e) {
            owner.setAside(block, e);
            throw e;
          }
        };
      } catch (DamagedBlockException e) {
        owner.setAside(block, e);
        throw e;
      }
    }

    /** The windows between two times of which a reader has samples, by their ends. */
    SortedSet<Long> windows(SampleReader samples) {
      SortedSet<Long> ends = new TreeSet<>();
      SampleBatch batch = new SampleBatch();
      long resolution = chosen.kind().resolutionMillis();
      while (samples.next(batch)) {
        for (int i = 0; i < batch.size; i++) {
          if (batch.histograms != null || !StaleMarker.is(batch.values[i])) {
            ends.add(Math.ceilDiv(batch.timestamps[i], resolution) * resolution);
          }
        }
      }
      return ends;
    }
  }

  private static final long BYTES = 128;
  private static final long PART_BYTES = 40;

  private final Labels labels;
  private final Downsampling wanted;
  private final List<Part> parts = new ArrayList<>(2);

  /** What else there is of it: {@link #overlaid}, or raw samples. */
  private @Nullable Series rest;

  /** What there is in blocks that overlap with {@link #parts}, and what there is elsewhere. */
  private @Nullable DownsampledSeries overlaid;

  /**
   * @param wanted what it is to be read as
   */
  DownsampledSeries(Labels labels, Downsampling wanted) {
    this.labels = labels;
    this.wanted = wanted;
  }

  /**
   * Adds what a block has that does not begin before those added before; before the rest is set.
   */
  void add(Chosen chosen, Series series, @Nullable Series weights) {
    Part part = new Part(chosen, wanted, series, weights);
    if (parts.isEmpty() || parts.getLast().max() <= part.min()) {
      parts.add(part);
      return;
    }
    if (overlaid == null) {
      overlaid = new DownsampledSeries(labels, wanted);
      rest = overlaid;
    }
    overlaid.add(chosen, series, weights);
  }

  /** What there is of it in other times, or came late, as raw samples. */
  void setRest(Series elsewhere) {
    if (overlaid == null) {
      rest = wanted.of(elsewhere);
    } else {
      overlaid.setRest(elsewhere);
    }
  }

  @Override
  public Labels labels() {
    return labels;
  }

  @Override
  public long selectedBytes() {
    long bytes = BYTES + labels.heapBytes();
    for (Part part : parts) {
      bytes += PART_BYTES + part.series().selectedBytes();
    }
    return overlaid == null ? bytes : bytes + overlaid.selectedBytes();
  }

  @Override
  public SampleReader read(long fromMillis, long toMillis) {
    List<SampleReader> readers = new ArrayList<>();
    Series elsewhere = rest;
    long next = fromMillis;
    for (Part part : parts) {
      if (part.max() <= next || part.min() > toMillis) {
        continue;
      }
      if (elsewhere != null && next < part.min()) {
        readers.add(unweighted(elsewhere.read(next, part.min() - 1)));
      }
      long from = Math.max(next, part.min());
      long to = Math.min(toMillis, part.max() - 1);
      if (elsewhere != null && (part.chosen().besideOthers() || overlaid != null)) {
        addWithLate(readers, part, elsewhere, from, to);
      } else {
        readers.add(part.read(from, to));
      }
      next = part.max();
    }
    if (elsewhere != null && next <= toMillis) {
      readers.add(unweighted(elsewhere.read(next, toMillis)));
    }
    return new ChainedReader(readers);
  }

  /** Adds what a part has, and of windows of which it has nothing what there is elsewhere. */
  private static void addWithLate(
      List<SampleReader> readers, Part part, Series elsewhere, long fromMillis, long toMillis) {
    SortedSet<Long> late = part.windows(elsewhere.read(fromMillis, toMillis));
    if (!late.isEmpty()) {
      late.removeAll(part.windows(part.read(fromMillis, toMillis)));
    }
    long next = fromMillis;
    for (long end : late) {
      long from = Math.max(next, end - part.chosen().kind().resolutionMillis() + 1);
      long to = Math.min(toMillis, end);
      if (next < from) {
        readers.add(part.read(next, from - 1));
      }
      readers.add(unweighted(elsewhere.read(from, to)));
      next = to + 1;
    }
    if (next <= toMillis) {
      readers.add(part.read(next, toMillis));
    }
  }

  /** Without weights that were in the batch before. */
  private static SampleReader unweighted(SampleReader samples) {
    return batch -> {
      batch.weights = null;
      return samples.next(batch);
    };
  }

  /** Sums, or counts, of what edges stand for. */
  private static SampleReader summed(SampleReader edges, Aggregate aggregate) {
    return batch -> {
      boolean more = edges.next(batch);
      double[] weights = batch.weights;
      for (int i = 0; weights != null && i < batch.size; i++) {
        if (!StaleMarker.is(batch.values[i])) {
          batch.values[i] = aggregate == Aggregate.SUM ? batch.values[i] * weights[i] : weights[i];
        }
      }
      batch.weights = null;
      return more;
    };
  }

  /** Samples and their weights, which are at the same times. */
  private static SampleReader weighted(SampleReader samples, SampleReader weights) {
    SampleBatch own = new SampleBatch();
    int[] at = {0};
    return batch -> {
      batch.weights = null;
      if (!samples.next(batch)) {
        return false;
      }
      double[] found = new double[batch.size];
      for (int i = 0; i < batch.size; i++) {
        while (at[0] >= own.size) {
          at[0] = 0;
          if (!weights.next(own)) {
            throw new UnreadableSamplesException(
                "a downsampled series has more samples than weights");
          }
        }
        if (own.timestamps[at[0]] != batch.timestamps[i]) {
          throw new UnreadableSamplesException(
              "a downsampled series has samples and weights of different times");
        }
        found[i] = own.values[at[0]++];
      }
      batch.weights = found;
      return true;
    };
  }
}
