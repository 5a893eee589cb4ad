package dnd.metrics.server.chunk;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a series' samples anew, as chunks of at most {@link #SAMPLES_PER_CHUNK} samples: what is
 * merged out of several places, or has lost some of its samples, is written this way. A chunk does
 * not hold both floats and histograms. For one thread.
 */
public final class ChunkEncoder {
  /** As many as Prometheus aims at, and as the head puts into a chunk. */
  public static final int SAMPLES_PER_CHUNK = 120;

  private final SampleReader samples;
  private final SampleBatch batch = new SampleBatch();
  private int at;

  /** Histogram chunks say how they follow the one before. */
  private @Nullable HistogramChunk before;

  public ChunkEncoder(SampleReader samples) {
    this.samples = samples;
  }

  /** The next chunk; null when there are no more samples. */
  public @Nullable EncodedChunk next() {
    if (!fill()) {
      return null;
    }
    return batch.histograms == null ? floats() : histograms();
  }

  /** Whether there is a sample at {@link #at}; takes the next run where this one is used up. */
  private boolean fill() {
    while (at >= batch.size) {
      at = 0;
      if (!samples.next(batch)) {
        return false;
      }
    }
    return true;
  }

  private EncodedChunk floats() {
    before = null;
    XorChunk chunk = new XorChunk();
    long first = batch.timestamps[at];
    do {
      chunk.append(batch.timestamps[at], batch.values[at]);
      at++;
    } while (chunk.size() < SAMPLES_PER_CHUNK && fill() && batch.histograms == null);
    return EncodedChunk.of(chunk, first, chunk.lastMillis());
  }

  private EncodedChunk histograms() {
    HistogramChunk last = before;
    long first = batch.timestamps[at];
    long end = first;
    Histogram h = histogram();
    HistogramChunk chunk = last == null ? HistogramChunk.start(first, h) : last.follow(first, h);
    at++;
    while (chunk.size() < SAMPLES_PER_CHUNK && fill() && batch.histograms != null) {
      HistogramChunk after = chunk.append(batch.timestamps[at], histogram());
      if (after != chunk && after.size() == 1) {
        break; // it begins the next chunk, and is encoded again then
      }
      chunk = after;
      end = batch.timestamps[at];
      at++;
    }
    before = chunk;
    return EncodedChunk.of(chunk, first, end);
  }

  private Histogram histogram() {
    Histogram[] all = batch.histograms;
    if (all == null) {
      throw new IllegalStateException("floats where histograms were");
    }
    return all[at];
  }
}
