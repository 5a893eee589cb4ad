package dnd.metrics.server.storage;

import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockWriter;
import dnd.metrics.server.block.PreparedBlock;
import dnd.metrics.server.block.SeriesCursor;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.head.BlockSink;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** Makes blocks of what the head gives away. For one thread at a time. */
public final class HeadBlocks implements BlockSink {
  private final Blocks blocks;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * @param random for the names of blocks
   */
  public HeadBlocks(Blocks blocks, InstantSource clock, RandomGenerator random) {
    this.blocks = blocks;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public boolean write(
      SeriesCursor series,
      long minMillis,
      long maxMillis,
      DiskPace pace,
      BooleanSupplier isStillTrue)
      throws IOException {
    BlockMeta meta = BlockMeta.ofHead(Ulid.of(clock.millis(), random), minMillis, maxMillis);
    Optional<PreparedBlock> prepared = new BlockWriter(blocks.files(), pace).prepare(meta, series);
    if (!blocks.replace(List.of(), prepared, isStillTrue)) {
      return false;
    }
    blocks.awaitEarlierQueries();
    return true;
  }
}
