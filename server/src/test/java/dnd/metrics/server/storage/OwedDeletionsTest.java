package dnd.metrics.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.ReplayListener;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.objects.MemoryStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Something is deleted of a block, or of what was made of it, and the object store has it still.
 */
class OwedDeletionsTest {
  private static final int RANGES = 3;
  private static final long NOW = RangeModel.start(RANGES);

  /** Within the first chunk of a block. */
  private static final int CHUNK_BIT = 8 * 20;

  private static final int INDEX_BIT = 8 * 10;

  @TempDir Path empty;

  private final MemoryStore store = new MemoryStore();
  private final RangeModel model = new RangeModel();
  private MemoryBlockFiles files = new MemoryBlockFiles();
  private long now = NOW;

  private StoringService start() throws IOException {
    return new StoringService(files, store, model, now++, Retention.FOR_EVER);
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
        .hasMessageContaining("is not read from the object store")
        .hasMessageContaining(why);
  }

  private static void assertNotYet(StoringService service) {
    assertUnreadable(service, "is deleted of that copy first");
    service.checkFrom(RangeModel.start(2));
  }

  private List<String> owed() throws IOException {
    return files.list(OwedDeletions.FOLDER);
  }

  @Test
  void whatIsDeletedIsDeletedOfTheCopyInTheStoreToo() throws IOException {
    Ulid ulid = fill();
    damage(ulid, "index", INDEX_BIT);
    try (StoringService service = start()) {
      assertThat(service.reports).as("found at the start").hasSize(1);
      service.objects.look();
      assertNotYet(service);
      service.objects.run();
      service.check("brought here");
      assertThat(service.here()).contains(ulid);
    }
    damage(ulid, "chunks/000001", CHUNK_BIT);
    try (StoringService service = start()) {
      service.objects.look();
      assertThatThrownBy(() -> service.check("found by a query"))
          .isInstanceOf(UnreadableSamplesException.class);
      assertNotYet(service);
      assertThat(files.list("")).contains(ulid + ".damaged", ulid + ".2.damaged");
      service.delete("b", RangeModel.start(1), RangeModel.start(1) + 1);
      service.check("brought here by another deletion");
    }
    try (StoringService service = start()) {
      service.objects.run();
      service.check("after a restart");
      assertThat(owed()).hasSize(2);
      service.compactAll();
      service.objects.run();
      service.check("written anew");
      assertThat(store.names("meta.json")).hasSize(RANGES).noneMatch(n -> n.contains("" + ulid));
      assertThat(owed()).as("the store has nothing of it any more").isEmpty();
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
  void whereTheTombstonesAreDamagedItIsKnownAllTheSame() throws IOException {
    Ulid ulid = fill();
    damage(ulid, "tombstones", INDEX_BIT);
    try (StoringService service = start()) {
      service.objects.run();
      service.check("brought here");
      assertThat(service.here()).contains(ulid);
    }
  }

  /** The blocks that it was made of are in the store still, as they were. */
  @Test
  void aBlockThatWasWrittenAnewIsDamagedBeforeItIsInTheStore() throws IOException {
    Ulid ulid = fill();
    Ulid anew;
    try (StoringService service = start()) {
      service.objects.look();
      service.compactAll();
      anew = service.here().get(1);
      assertThat(anew).isNotEqualTo(ulid);
      service.delete("b", RangeModel.start(1), RangeModel.start(1) + 1);
      service.check("deleted, and more of what was written anew");
    }
    damage(anew, "index", INDEX_BIT);
    files = files.cutPower(new Random(1));
    try (StoringService service = start()) {
      service.objects.look();
      assertNotYet(service);
      service.objects.run();
      service.check("what it was made of came back without it");
      assertThat(service.here()).contains(ulid);
      service.compactAll();
      service.objects.run();
      service.check("written anew again");
      assertThat(owed()).isEmpty();
    }
  }

  /** It is made of two, and something of one of them was deleted. */
  @Test
  void ofWhatHasNothingOfItNothingIsDeleted() throws IOException {
    model.write(0, files);
    model.writeLate(0, files);
    try (StoringService service = start()) {
      service.objects.run();
      service.compactAll();
      assertThat(service.here()).hasSize(1);
      long early = RangeModel.start(0);
      service.delete("a", early, early);
      service.check("deleted");
    }
    try (Blocks blocks = Blocks.open(files, report -> {})) {
      damage(blocks.ulids().getFirst(), "index", INDEX_BIT);
    }
    try (StoringService service = start()) {
      service.objects.look();
      assertUnreadable(service, "is deleted of that copy first");
      service.objects.run();
      service.check("of the other nothing is deleted");
      assertThat(service.here()).as("only what has something of it").hasSize(1);
      service.compactAll();
      service.objects.run();
      assertThat(owed()).isEmpty();
      service.check("in the end");
    }
  }

  private DeletionCount count(StoringService service, Deletion deletion) throws IOException {
    try (Head head = Head.open(empty, HeadOptions.DEFAULT, ReplayListener.SILENT)) {
      return new Deleter(head, service.blocks).count(deletion);
    }
  }

  @Test
  void whatCannotBeReadHasItsDeletionBeforeItIsReadAgain() throws IOException {
    for (int range = 0; range < RANGES; range++) {
      model.write(range, files);
    }
    Ulid ulid;
    try (StoringService service = start()) {
      service.objects.run();
      ulid = service.here().get(1);
    }
    String meta = ulid + "/meta.json";
    files = new MemoryBlockFiles();
    store.flipBit(meta, 0);
    try (StoringService service = start()) {
      service.objects.run();
      Deletion all =
          new Deletion(List.of(List.of(Matcher.equal("__name__", "a"))), RangeModel.start(0), NOW);
      DeletionCount count = count(service, all);
      assertThat(count.isWhole()).as("what would be deleted").isFalse();
      assertThat(count.samples()).isPositive();
      service.delete("a", RangeModel.start(0), NOW);
      service.deleteIn(2, "b");
    }
    try (StoringService service = start()) {
      service.objects.run();
      service.compactAll();
      service.objects.run();
      assertThat(owed()).as("while it cannot be read").isNotEmpty();
      store.flipBit(meta, 0);
      service.objects.look();
      assertUnreadable(service, "is deleted of that copy first");
      service.objects.run();
      service.check("it can be read again");
      service.compactAll();
      service.objects.run();
      assertThat(owed()).isEmpty();
      service.check("in the end");
    }
  }

  @Test
  void whereItIsNotKnownWhatIsDeletedWhatIsInTheStoreIsNotRead() throws IOException {
    Ulid ulid = fill();
    String record = OwedDeletions.FOLDER + "/" + owed().getFirst();
    files = files.withFlippedBit(record, INDEX_BIT);
    try (StoringService service = start()) {
      assertThat(service.reports).hasSize(1).first().asString().contains(record);
      service.objects.run();
      service.check("where nothing else is damaged");
    }
    damage(ulid, "index", INDEX_BIT);
    try (StoringService service = start()) {
      service.objects.run();
      assertThat(service.objects.status().problem()).isNull();
      assertUnreadable(service, record);
      long start = RangeModel.start(1);
      assertThatThrownBy(() -> service.delete("b", start, start + 1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(ulid.toString());
    }
    files.delete(record);
    try (StoringService service = start()) {
      service.objects.run();
      try (SeriesView view = service.view()) {
        assertThat(view.select(List.of(), RangeModel.start(1), RangeModel.start(2))).hasSize(2);
      }
    }
  }

  @Test
  void aDeletionThatCannotBeRememberedFails() throws IOException {
    Ulid ulid = fill();
    try (StoringService service = start()) {
      service.objects.run();
      files.failRenamesOf(OwedDeletions.FOLDER);
      long start = RangeModel.start(1);
      assertThatThrownBy(() -> service.delete("b", start, start + 1))
          .isInstanceOf(IOException.class);
      files.failRenamesOf("");
      service.delete("b", start, start + 1);
    }
    damage(ulid, "index", INDEX_BIT);
    try (StoringService service = start()) {
      service.objects.run();
      service.check("done again");
    }
  }

  @Test
  void theLayoutStays() {
    BlockMeta hit = BlockMeta.ofHead(Ulid.of(1, new Random(1)), 0, 7_200_000);
    Matcher matcher = new Matcher(Matcher.Type.NOT_REGEX, "a", "b|\u00e9");
    OwedDeletion owed =
        new OwedDeletion(
            new Deletion(List.of(List.of(matcher)), -5, 1000),
            List.of(hit),
            Set.of(Ulid.of(2, new Random(2))),
            Set.of(Ulid.of(3, new Random(3))));
    byte[] file = owed.encoded();
    String hex = HexFormat.of().formatHex(file);
    assertThat(hex).startsWith("4f57454401").endsWith("f190e28c");
    assertThat(new String(file, 5, file.length - 9, StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"from\":-5,\"to\":1000,"
                + "\"selectors\":[[{\"type\":\"!~\",\"name\":\"a\",\"value\":\"b|\u00e9\"}]],"
                + "\"hit\":[{\"ulid\":\"0000000001TNSHKE4WV1MFP3KF\","
                + "\"minTime\":0,\"maxTime\":7200000,"
                + "\"stats\":{},"
                + "\"compaction\":{\"level\":1,\"sources\":[\"0000000001TNSHKE4WV1MFP3KF\"]},"
                + "\"version\":1}],"
                + "\"unreadable\":[\"0000000002E8WMP6NSYZKCAHCG\"],"
                + "\"without\":[\"0000000003JD68ZYG5K092S245\"]}");
    OwedDeletion read = OwedDeletion.read(file);
    assertThat(read.encoded()).isEqualTo(file);
    assertThat(read.hit()).isEqualTo(owed.hit());
    assertThat(read.unreadable()).isEqualTo(owed.unreadable());
    assertThat(read.without()).isEqualTo(owed.without());
    for (int bit = 0; bit < 8 * file.length; bit++) {
      byte[] damaged = file.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> OwedDeletion.read(damaged))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
