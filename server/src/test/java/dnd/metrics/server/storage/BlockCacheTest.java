package dnd.metrics.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockWriter;
import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.ModelCursor;
import dnd.metrics.server.block.SampleList;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.objects.MemoryStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BlockCacheTest {
  private static final long RANGE = Compactor.RANGE_MILLIS;

  private final Random random = new Random(3);
  private final BlockObjects objects =
      new BlockObjects(new MemoryStore(), Map.of("who", "test"), InstantSource.system());
  private final ObjectListing listing = new ObjectListing();

  private BlockMeta put(int number) throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    TreeMap<Labels, SampleList> content = new TreeMap<>();
    content.put(
        Labels.of("__name__", "m"),
        new SampleList(List.of(new SampleList.Sample(number * RANGE, number, null))));
    BlockMeta meta =
        BlockMeta.ofHead(
            Ulid.of((number + 1) * RANGE, random), number * RANGE, (number + 1) * RANGE);
    new BlockWriter(files).write(meta, new ModelCursor(content));
    Block block = Block.open(files, meta.ulid());
    objects.upload(block, files, listing);
    block.release();
    return meta;
  }

  @Test
  void onlySomeBlocksThatNobodyReadsStayOpen() throws IOException {
    try (BlockCache cache = new BlockCache(new MemoryBlockFiles(), 64 << 20)) {
      List<Block> read = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        BlockMeta meta = put(i);
        Block block = cache.acquire(objects, meta, listing.files(meta.ulid()));
        assertThat(block.select(List.of(), 0, 100 * RANGE)).as("block %d", i).hasSize(1);
        if (i != 7) { // which goes on being read
          block.release();
        }
        read.add(block);
      }
      List<Integer> open = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        if (read.get(i).hold()) {
          open.add(i);
          read.get(i).release();
        }
      }
      assertThat(open).contains(7, 99).doesNotContain(0, 30).hasSize(64);
      read.get(7).release();
      BlockMeta first = put(0);
      Block again = cache.acquire(objects, first, listing.files(first.ulid()));
      assertThat(again.select(List.of(), 0, RANGE)).hasSize(1);
      again.release();
    }
  }
}
