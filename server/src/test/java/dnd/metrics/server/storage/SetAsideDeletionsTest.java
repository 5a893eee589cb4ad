package dnd.metrics.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.objects.MemoryStore;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A block is here and in the object store, and something of it is deleted: only here. */
class SetAsideDeletionsTest {
  private static final int RANGES = 3;
  private static final long NOW = RangeModel.start(RANGES);

  /** Within the first chunk of a block. */
  private static final int CHUNK_BIT = 8 * 20;

  private static final int INDEX_BIT = 8 * 10;

  private final MemoryStore store = new MemoryStore();
  private final RangeModel model = new RangeModel();
  private MemoryBlockFiles files = new MemoryBlockFiles();

  private StoringService start() throws IOException {
    return new StoringService(files, store, model, NOW, Retention.FOR_EVER);
  }

  /** The block of the middle range, of which the half of a series is deleted, and no other. */
  private Ulid fill() throws IOException {
    for (int range = 0; range < RANGES; range++) {
      model.write(range, files);
    }
    try (StoringService service = start()) {
      service.objects.run();
      long middle = RangeModel.start(1) + RangeModel.RANGE / 2;
      service.delete("a", RangeModel.start(1), middle);
      service.check("deleted");
      assertThat(service.here()).hasSize(RANGES);
      return service.here().get(1);
    }
  }

  private void damage(Ulid ulid, String file, int bit) {
    files = files.withFlippedBit(ulid + "/" + file, bit);
  }

  private static void assertUnreadable(StoringService service, String why) {
    assertThatThrownBy(() -> service.check("the range of the block"))
        .isInstanceOf(UnreadableSamplesException.class)
        .hasMessageContaining("is damaged here and not read from the object store")
        .hasMessageContaining(why);
    service.checkFrom(RangeModel.start(2));
  }

  @Test
  void whatIsDeletedIsDeletedOfTheCopyInTheStoreToo() throws IOException {
    Ulid ulid = fill();
    damage(ulid, "index", INDEX_BIT);
    try (StoringService service = start()) {
      assertThat(service.reports).as("found at the start").hasSize(1);
      service.objects.look();
      assertUnreadable(service, "is deleted of that copy first");
      service.objects.run();
      service.check("brought here");
      assertThat(service.here()).contains(ulid);
    }
    damage(ulid, "chunks/000001", CHUNK_BIT);
    try (StoringService service = start()) {
      service.objects.look();
      assertThatThrownBy(() -> service.check("found by a query"))
          .isInstanceOf(UnreadableSamplesException.class);
      assertUnreadable(service, "is deleted of that copy first");
      assertThat(files.list("")).contains(ulid + ".damaged", ulid + ".2.damaged");
      service.delete("b", RangeModel.start(1), RangeModel.start(1) + 1);
      service.check("brought here by another deletion");
    }
    try (StoringService service = start()) {
      service.objects.run();
      service.check("after a restart");
      service.compactAll();
      service.objects.run();
      service.check("written anew");
      assertThat(store.names("meta.json")).hasSize(RANGES).noneMatch(n -> n.contains("" + ulid));
    }
    try (StoringService service = start()) {
      service.objects.run();
      service.check("after another restart");
    }
  }

  /** The process ended when the copy was here, and nothing was deleted of it yet. */
  @Test
  void whatCameBackAsItIsInTheStoreIsNotReadSo() throws IOException {
    Ulid ulid = fill();
    damage(ulid, "index", INDEX_BIT);
    try (StoringService service = start()) {
      service.objects.run();
      assertThat(service.here()).contains(ulid);
    }
    files.delete(ulid + "/tombstones");
    try (StoringService service = start()) {
      assertThat(service.here()).contains(ulid);
      service.objects.look();
      service.check("deleted before it is read");
    }
  }

  @Test
  void whereItIsNotKnownWhatIsDeletedTheCopyIsNotRead() throws IOException {
    Ulid ulid = fill();
    damage(ulid, "tombstones", INDEX_BIT);
    try (StoringService service = start()) {
      service.objects.run();
      assertThat(service.objects.status().problem()).isNull();
      assertUnreadable(service, ulid + ".damaged/tombstones");
      long start = RangeModel.start(1);
      assertThatThrownBy(() -> service.delete("b", start, start + 1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(ulid.toString());
    }
    files.delete(ulid + ".damaged");
    try (StoringService service = start()) {
      service.objects.run();
      try (SeriesView view = service.view()) {
        assertThat(view.select(List.of(), RangeModel.start(1), RangeModel.start(2))).hasSize(2);
      }
    }
  }
}
