package dnd.metrics.server.block;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;

/** A series in a block. To be read while the block is held. */
record BlockSeries(Block block, int reference, Labels labels) implements Series {
  /** It, its labels, and one text: that which tells it from others. */
  @Override
  public long selectedBytes() {
    return 88L + labels.heapBytes();
  }

  @Override
  public SampleReader read(long fromMillis, long toMillis) {
    return new BlockReader(block, reference, fromMillis, toMillis);
  }
}
