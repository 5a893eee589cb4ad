package dnd.metrics.server.storage;

import static dnd.metrics.server.storage.CachedPieces.PIECE_BYTES;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockWriter;
import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.ModelCursor;
import dnd.metrics.server.block.SampleList;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.UnreadableSamplesException;
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
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockCacheTest {
  private static final long RANGE = Compactor.RANGE_MILLIS;

  private final Random random = new Random(3);
  private final ObjectListing listing = new ObjectListing();
  private final MemoryStore store = new MemoryStore();
  private BlockObjects objects = in(store);

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

  private Block acquire(BlockCache cache, BlockMeta meta) throws IOException {
    return cache.acquire(objects, meta, listing.files(meta.ulid()));
  }

  @Test
  void onlySomeBlocksThatNobodyReadsStayOpen() throws IOException {
    try (BlockCache cache = new BlockCache(new MemoryBlockFiles(), 64 << 20)) {
      List<Block> read = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        BlockMeta meta = put(i, 1);
        Block block = acquire(cache, meta);
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
      Block again = acquire(cache, first);
      assertThat(again.select(List.of(), 0, RANGE)).hasSize(1);
      again.release();
    }
  }

  @Test
  void whatOneQueryHadOpenDoesNotStayOpen() throws IOException {
    try (BlockCache cache = new BlockCache(new MemoryBlockFiles(), 64 << 20)) {
      List<Block> read = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        read.add(acquire(cache, put(i, 1)));
      }
      Set<Ulid> all = Set.copyOf(listing.all());
      cache.retain(objects, all);
      for (Block block : read) {
        assertThat(block.select(List.of(), 0, 100 * RANGE)).as("while it is read").hasSize(1);
        block.release();
      }
      cache.retain(objects, all);
      assertThat(read.subList(0, 36)).as("the others").noneMatch(Block::hold);
      for (Block block : read.subList(36, 100)) {
        assertThat(block.hold()).as("those that were read last").isTrue();
        block.release();
      }
    }
  }

  /** It is closed meanwhile, because others are read, and its pieces stay in the cache. */
  @Test
  void ofAnIndexThatIsOpenedAgainAChangeIsNoticedToo() throws IOException {
    BlockMeta meta = put(0, 40_000);
    BlockMeta large = put(1, 40_000);
    String index = meta.ulid() + "/index";
    assertThat(listing.files(large.ulid()).get("index")).isGreaterThan(6L * PIECE_BYTES);
    List<Matcher> one = List.of(Matcher.equal("__name__", "m7"), Matcher.equal("id", "123"));
    try (BlockCache cache = new BlockCache(new MemoryBlockFiles(), 4L * PIECE_BYTES)) {
      Block before = acquire(cache, meta);
      before.release();
      for (int i = 2; i < 66; i++) {
        acquire(cache, put(i, 1)).release();
      }
      assertThat(before.hold()).as("it is open still").isFalse();
      long fetched = objects.fetchedBytes();
      Block again = acquire(cache, meta);
      assertThat(objects.fetchedBytes()).as("its pieces were here").isEqualTo(fetched);

      int symbol = new String(store.contentOf(index), ISO_8859_1).indexOf("\u0002m7");
      assertThat(symbol).isPositive();
      store.flipBit(index, 8 * (symbol + 2)); // m6
      Block other = acquire(cache, large);
      assertThat(other.select(List.of(), 0, 2 * RANGE)).as("pushes it out").hasSize(40_000);
      other.release();
      assertThatThrownBy(() -> again.select(one, 0, RANGE))
          .isInstanceOf(UnreadableSamplesException.class)
          .hasMessageContaining("has changed since it was opened");
      again.release();

      store.flipBit(index, 8 * (symbol + 2));
      Block right = acquire(cache, meta);
      assertThat(right.select(one, 0, RANGE).getFirst().labels())
          .isEqualTo(Labels.of("__name__", "m7", "id", "123"));
      right.release();
    }
  }

  @Test
  void ofADirectoryTooOnlyWhatIsReadIsFetched(@TempDir Path folder) throws IOException {
    objects = in(new DirectoryStore(folder));
    BlockMeta meta = put(1, 40_000);
    long index = listing.files(meta.ulid()).get("index");
    assertThat(index).isGreaterThan(6L * PIECE_BYTES);
    try (BlockCache cache = new BlockCache(new MemoryBlockFiles(), 64 << 20)) {
      Block block = acquire(cache, meta);
      List<Matcher> one = List.of(Matcher.equal("__name__", "m7"), Matcher.equal("id", "123"));
      assertThat(block.select(one, 0, 2 * RANGE)).hasSize(1);
      assertThat(objects.fetchedBytes()).isBetween(1L, 5L * PIECE_BYTES);
      assertThat(block.select(List.of(), 0, 2 * RANGE)).hasSize(40_000);
      assertThat(objects.fetchedBytes()).as("nothing twice").isLessThanOrEqualTo(index);
      block.release();
    }
  }

  /** However many bytes there is room for: each is mapped, and a process has only so many. */
  @Test
  void thereAreOnlySoManyPieces() throws IOException {
    BlockMeta meta = put(1, 40_000);
    MemoryBlockFiles disk = new MemoryBlockFiles();
    try (BlockCache cache = new BlockCache(disk, Long.MAX_VALUE - 1, 3)) {
      Block block = acquire(cache, meta);
      assertThat(block.select(List.of(), 0, 2 * RANGE)).hasSize(40_000);
      block.release();
      assertThat(disk.list(meta.ulid().toString())).hasSizeBetween(1, 3);
      assertThat(cache.usedBytes()).isBetween(1L, 3L * PIECE_BYTES);
    }
  }

  @Test
  void whereAPieceCannotBeRemovedItsRoomIsFreeAllTheSame() throws IOException {
    BlockMeta meta = put(1, 40_000);
    MemoryBlockFiles disk = new MemoryBlockFiles();
    try (BlockCache cache = new BlockCache(disk, 2L * PIECE_BYTES)) {
      Block block = acquire(cache, meta);
      for (int i = 0; i < 4; i++) {
        disk.failAfter(0, "the disk fails", false);
        assertThatThrownBy(() -> block.select(List.of(), 0, 2 * RANGE))
            .isInstanceOf(UnreadableSamplesException.class)
            .hasMessageContaining("the disk fails");
      }
      assertThat(block.select(List.of(), 0, 2 * RANGE)).hasSize(40_000);
      assertThat(cache.usedBytes()).isBetween(1L, 2L * PIECE_BYTES);
      block.release();
    }
  }
}
