package dnd.metrics.server.storage;

import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockWriter;
import dnd.metrics.server.block.SeriesCursor;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.head.BlockSink;
import java.io.IOException;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** Makes blocks of what the head gives away. For one thread at a time. */
public final class HeadBlocks implements BlockSink {
  private final Blocks blocks;
  private final BlockWriter writer;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * @param random for the names of blocks
   */
  public HeadBlocks(Blocks blocks, InstantSource clock, RandomGenerator random) {
    this.blocks = blocks;
    this.writer = new BlockWriter(blocks.files());
    this.clock = clock;
    this.random = random;
  }

  /**
   * Writes series into a block. When this returns, the block would survive a power cut, and every
   * query that runs reads it: the head may forget what is in it.
   *
   * @param minMillis the block's range, this end included
   * @param maxMillis this end not
   * @throws IOException where that failed; nothing is written then
   */
  @Override
  public void write(SeriesCursor series, long minMillis, long maxMillis) throws IOException {
    Ulid ulid = Ulid.of(clock.millis(), random);
    if (writer.write(BlockMeta.ofHead(ulid, minMillis, maxMillis), series).isPresent()) {
      blocks.add(ulid);
      blocks.awaitEarlierQueries();
    }
  }
}
