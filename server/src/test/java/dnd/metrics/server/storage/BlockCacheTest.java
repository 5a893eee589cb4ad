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
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.objects.DirectoryStore;
import dnd.metrics.server.objects.MemoryStore;
import dnd.metrics.server.objects.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockCacheTest {
  private static final long RANGE = Compactor.RANGE_MILLIS;

  private final Random random = new Random(3);
  private final ObjectListing listing = new ObjectListing();
  private BlockObjects objects = in(new MemoryStore());

  private static BlockObjects in(ObjectStore store) {
    return new BlockObjects(store, Map.of("who", "test"), InstantSource.system());
  }

  private BlockMeta put(int number, int series) throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    TreeMap<Labels, SampleList> content = new TreeMap<>();
    for (int i = 0; i < series; i++) {
      content.put(
          Labels.of("__name__", "m" + i % 100, "id", "" + i / 100),
          new SampleList(List.of(new SampleList.Sample(number * RANGE, i, null))));
    }
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
        BlockMeta meta = put(i, 1);
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
      BlockMeta first = put(0, 1);
      Block again = cache.acquire(objects, first, listing.files(first.ulid()));
      assertThat(again.select(List.of(), 0, RANGE)).hasSize(1);
      again.release();
    }
  }

  @Test
  void ofADirectoryTooOnlyWhatIsReadIsFetched(@TempDir Path folder) throws IOException {
    objects = in(new DirectoryStore(folder));
    BlockMeta meta = put(1, 40_000);
    long index = listing.files(meta.ulid()).get("index");
    assertThat(index).isGreaterThan(6L * CachedPieces.PIECE_BYTES);
    try (BlockCache cache = new BlockCache(new MemoryBlockFiles(), 64 << 20)) {
      Block block = cache.acquire(objects, meta, listing.files(meta.ulid()));
      List<Matcher> one = List.of(Matcher.equal("__name__", "m7"), Matcher.equal("id", "123"));
      assertThat(block.select(one, 0, 2 * RANGE)).hasSize(1);
      assertThat(objects.fetchedBytes()).isBetween(1L, 5L * CachedPieces.PIECE_BYTES);
      assertThat(block.select(List.of(), 0, 2 * RANGE)).hasSize(40_000);
      assertThat(objects.fetchedBytes()).as("nothing twice").isLessThanOrEqualTo(index);
      block.release();
    }
  }
}
