package dnd.metrics.server.storage;

import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.objects.MemoryStore;
import dnd.metrics.server.promql.test.MemorySource;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A life of a service's blocks, with an object store, and of what looks after them. */
final class StoringService implements AutoCloseable {
  final List<String> reports = new ArrayList<>();
  final CurrentRetention retention =
      new CurrentRetention(Retention.EVERYTHING, Optional.empty(), RangeModel.RANGE);
  final InstantSource clock;
  final Random random = new Random(6);
  final Blocks blocks;
  final ObjectMaintenance objects;
  final Compactor compactor;
  private final RangeModel model;

  /**
   * @param model what is in the blocks
   * @param localMillis how long blocks are here too
   */
  StoringService(
      MemoryBlockFiles files, MemoryStore store, RangeModel model, long nowMillis, long localMillis)
      throws IOException {
    this.model = model;
    this.clock = () -> Instant.ofEpochMilli(nowMillis);
    this.blocks = Blocks.open(files, reports::add);
    this.objects =
        ObjectMaintenance.open(
            blocks,
            DownsampledBlocks.none(),
            raw -> Set.of(),
            store,
            new MemoryBlockFiles(),
            Map.of(),
            new ObjectSettings(Optional.empty(), 64 << 20, localMillis, Long.MAX_VALUE),
            retention,
            clock);
    this.compactor = new Compactor(blocks, retention, clock, random);
  }

  /** Samples of the series of a name, which is a regular expression; from the model, too. */
  void delete(String name, long fromMillis, long toMillis) throws IOException {
    Matcher matcher = new Matcher(Matcher.Type.REGEX, "__name__", name);
    blocks.delete(new Deletion(List.of(List.of(matcher)), fromMillis, toMillis), inHead -> {});
    model.remove(name, fromMillis, toMillis);
  }

  void deleteIn(int range, String name) throws IOException {
    delete(name, RangeModel.start(range), RangeModel.start(range + 1) - 1);
  }

  /** The first block of a range in the store as it was looked at last, also if it is here. */
  RemoteBlocks.Remote inStore(int range) {
    long start = RangeModel.start(range);
    return blocks.remote().overlapping(List.of(), Long.MIN_VALUE, start, start).getFirst();
  }

  List<Ulid> here() {
    return blocks.ulids();
  }

  void compactAll() throws IOException {
    CompactorTest.compactAll(compactor);
  }

  SeriesView view() {
    return new Storage(new MemorySource(), blocks).view();
  }

  void check(String what) {
    try (SeriesView view = view()) {
      model.check(what, view);
    }
  }

  void checkFrom(long fromMillis) {
    try (SeriesView view = view()) {
      model.checkFrom(view, fromMillis);
    }
  }

  @Override
  public void close() throws IOException {
    objects.close();
    blocks.close();
  }
}
