package dnd.metrics.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.objects.MemoryStore;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The {@code meta.json} of a block in the object store cannot be read. */
class UnreadableMetaTest {
  private static final int RANGES = 16;
  private static final int LOCAL = 2;
  private static final long NOW = RangeModel.start(RANGES);

  /** Which block it is. */
  private static final int BAD = 1;

  private final MemoryStore store = new MemoryStore();
  private final MemoryBlockFiles files = new MemoryBlockFiles();
  private final RangeModel model = new RangeModel();

  private StoringService start() throws IOException {
    return new StoringService(files, store, model, NOW, LOCAL * RangeModel.RANGE);
  }

  /** The block's name; all are in the store, and the last here. */
  private Ulid fill() throws IOException {
    for (int range = 0; range < RANGES; range++) {
      model.write(range, files);
    }
    try (StoringService service = start()) {
      service.objects.run();
      assertThat(service.here()).hasSize(LOCAL);
      return service.inStore(BAD).meta().ulid();
    }
  }

  private static String meta(Ulid ulid) {
    return ulid + "/meta.json";
  }

  private void loseCopies() throws IOException {
    files.delete(MetaCopies.FOLDER);
  }

  private static void assertMissing(StoringService service, Ulid ulid, long fromMillis) {
    try (SeriesView view = service.view()) {
      assertThatThrownBy(() -> view.select(List.of(), fromMillis, NOW))
          .isInstanceOf(UnreadableSamplesException.class)
          .hasMessageContaining("the meta.json of block " + ulid);
      assertThat(view.isInMemory(fromMillis, NOW)).isFalse();
    }
  }

  @Test
  void queriesOfTimesThatItMayHaveSamplesOfSaySo() throws IOException {
    Ulid ulid = fill();
    store.flipBit(meta(ulid), 0);
    loseCopies();
    try (StoringService service = start()) {
      service.objects.run();
      assertThat(service.objects.status().unreadableBlocks()).isEqualTo(1);
      assertMissing(service, ulid, Long.MIN_VALUE);
      assertMissing(service, ulid, RangeModel.start(BAD));
      assertMissing(service, ulid, RangeModel.start(BAD + 1));
      service.checkFrom(RangeModel.start(BAD) + TimeUnit.DAYS.toMillis(1)); // after it was made
      service.checkFrom(RangeModel.start(RANGES - LOCAL)); // what is here
      store.flipBit(meta(ulid), 0);
      service.objects.run();
      service.check("it can be read again");
    }
  }

  @Test
  void itIsPutAgainWhereACopyIsHere() throws IOException {
    Ulid ulid = fill();
    byte[] before = store.contentOf(meta(ulid));
    store.flipBit(meta(ulid), 0);
    byte[] damaged = store.contentOf(meta(ulid));
    try (StoringService service = start()) {
      service.objects.look();
      service.check("by the copy");
      assertThat(store.contentOf(meta(ulid))).as("after a look").isEqualTo(damaged);
      service.objects.run();
      assertThat(service.objects.status().unreadableBlocks()).isZero();
      assertThat(store.contentOf(meta(ulid))).isEqualTo(before);
      service.check("put again");
    }
    loseCopies();
    try (StoringService service = start()) {
      service.objects.run();
      service.check("without copies");
      assertThat(files.list(MetaCopies.FOLDER)).hasSize(RANGES);
    }
  }

  @Test
  void aCopyThatCannotBeReadIsNone() throws IOException {
    Ulid ulid = fill();
    store.flipBit(meta(ulid), 0);
    MemoryBlockFiles damaged = files.withFlippedBit(MetaCopies.FOLDER + "/" + ulid, 0);
    try (StoringService service =
        new StoringService(damaged, store, model, NOW, LOCAL * RangeModel.RANGE)) {
      service.objects.run();
      assertMissing(service, ulid, RangeModel.start(BAD));
    }
  }

  @Test
  void copiesOfBlocksThatAreGoneGo() throws IOException {
    Ulid ulid = fill();
    try (StoringService service = start()) {
      service.objects.run();
      service.blocks.removeForGood(List.of(ulid));
      service.objects.run();
      assertThat(files.list(MetaCopies.FOLDER)).hasSize(RANGES - 1).doesNotContain(ulid.toString());
    }
  }

  /** As where the process ended before it was removed. */
  @Test
  void whereItWasMadeIntoAnotherBlockNothingIsMissing() throws IOException {
    Ulid ulid = fill();
    byte[] before = store.contentOf(meta(ulid));
    try (StoringService service = start()) {
      service.objects.run();
      service.deleteIn(BAD, "a");
      service.compactAll();
      assertThat(service.here()).hasSize(LOCAL + 1);
    }
    assertThat(store.contentOf(meta(ulid))).isEqualTo(before);
    store.flipBit(meta(ulid), 0);
    loseCopies();
    try (StoringService service = start()) {
      service.objects.look();
      service.check("what it was made into is here");
      service.objects.run();
      service.check("and in the store");
      assertThat(store.names("")).noneMatch(name -> name.startsWith(ulid.toString()));
      assertThat(store.names("meta.json"))
          .allSatisfy(name -> BlockMeta.read(store.contentOf(name)));
    }
  }
}
