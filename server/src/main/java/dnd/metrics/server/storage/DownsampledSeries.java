package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.DamagedBlockException;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.UnreadableSamplesException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A series that is in downsampled blocks, and elsewhere as well maybe. In the time of a downsampled
 * block only that counts.
 */
final class DownsampledSeries implements Series {
  /**
   * What is in one block.
   *
   * @param weights how many raw samples each stands for; null where it is one each
   */
  private record Part(Blocks owner, Block block, Series series, @Nullable Series weights) {
    long min() {
      return block.meta().minMillis();
    }

    long max() {
      return block.meta().maxMillis();
    }

    SampleReader read(long fromMillis, long toMillis) {
      try {
        SampleReader samples = series.read(fromMillis, toMillis);
        SampleReader read =
            weights == null
                ? unweighted(samples)
                : weighted(samples, weights.read(fromMillis, toMillis));
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
  }

  private static final long BYTES = 128;
  private static final long PART_BYTES = 40;

  private final Labels labels;
  private final List<Part> parts = new ArrayList<>(2);
  private @Nullable Series rest;

  DownsampledSeries(Labels labels) {
    this.labels = labels;
  }

  /** Adds what a block has that lies behind those added before. */
  void add(DownsampledSnapshot.Chosen chosen, Series series, @Nullable Series weights) {
    parts.add(new Part(chosen.owner(), chosen.block(), series, weights));
  }

  /** What there is of it in other times, as aggregates. */
  void setRest(Series elsewhere) {
    rest = elsewhere;
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
    return bytes;
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
      readers.add(part.read(Math.max(next, part.min()), Math.min(toMillis, part.max() - 1)));
      next = part.max();
    }
    if (elsewhere != null && next <= toMillis) {
      readers.add(unweighted(elsewhere.read(next, toMillis)));
    }
    return new ChainedReader(readers);
  }

  private static SampleReader unweighted(SampleReader samples) {
    return batch -> {
      batch.weights = null;
      return samples.next(batch);
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
