package dnd.metrics.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.objects.MemoryStore;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FarUntilTest {
  private static final int RANGES = 8;
  private static final long NOW = RangeModel.start(RANGES);
  private static final long UNKNOWN = Long.MAX_VALUE;

  private final MemoryStore store = new MemoryStore();
  private final RangeModel model = new RangeModel();
  private MemoryBlockFiles files = new MemoryBlockFiles();

  private StoringService start() throws IOException {
    return new StoringService(files, store, model, NOW, 2 * RangeModel.RANGE);
  }

  /** All are in the store, and those of the last ranges here. */
  private List<Ulid> fill() throws IOException {
    for (int range = 0; range < RANGES; range++) {
      model.write(range, files);
    }
    try (StoringService service = start()) {
      service.objects.run();
      assertThat(service.here()).hasSize(2);
      return service.here();
    }
  }

  private static void assertUnknown(StoringService service, long fromMillis) {
    try (SeriesView view = service.view()) {
      assertThatThrownBy(() -> view.select(List.of(), fromMillis, NOW))
          .isInstanceOf(UnreadableSamplesException.class)
          .hasMessageContaining("not known yet");
      assertThat(view.isInMemory(fromMillis, NOW)).isFalse();
    }
    assertThatThrownBy(() -> service.delete("a", fromMillis, NOW))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not known yet");
  }

  /** What came late is older than much that is in the store only. */
  @Test
  void theOldestLocalBlockDoesNotSayFromWhenOnAllIsHere() throws IOException {
    fill();
    model.writeLate(1, files);
    files = files.cutPower(new Random(1));
    long known = RangeModel.start(RANGES - 2);
    try (StoringService service = start()) {
      assertUnknown(service, RangeModel.start(1));
      assertUnknown(service, RangeModel.start(3));
      assertUnknown(service, known - 1);
      service.checkFrom(known);
      service.delete("b", known, NOW);
      service.checkFrom(known);
      service.objects.run();
      service.check("it is known");
    }
  }

  @Test
  void aBlockThatIsSetAsideMayBeInTheStoreOnly() throws IOException {
    List<Ulid> here = fill();
    files = files.withFlippedBit(here.getLast() + "/index", 8 * 10);
    try (StoringService service = start()) {
      assertThat(service.reports).as("found at the start").hasSize(1);
      assertUnknown(service, RangeModel.start(RANGES - 1));
      service.objects.run();
      service.check("from the store");
    }
    try (StoringService service = start()) {
      assertUnknown(service, NOW - 1);
    }
    files = files.withFlippedBit(here.getFirst() + "/chunks/000001", 8 * 20);
    try (StoringService service = start()) {
      service.objects.run();
      assertThat(files.list("")).contains(FarUntil.FILE);
      assertThatThrownBy(() -> service.check("found by a query"))
          .isInstanceOf(UnreadableSamplesException.class);
      assertThat(service.here()).isEmpty();
      assertThat(files.list("")).doesNotContain(FarUntil.FILE);
      service.check("from the store");
      service.objects.run();
      assertThat(files.list("")).contains(FarUntil.FILE);
    }
  }

  /** A folder that an earlier version wrote, or that a backup was restored into. */
  @Test
  void withoutTheFileNothingIsKnownUntilItWasLooked() throws IOException {
    fill();
    FarUntil.remove(files);
    try (StoringService service = start()) {
      assertUnknown(service, NOW - 1);
      service.objects.run();
      service.check("known");
    }
    try (StoringService service = start()) {
      service.checkFrom(RangeModel.start(RANGES - 2));
    }
  }

  @Test
  void theLayoutStays() throws IOException {
    new FarUntil(files, "file:///s").raise(5);
    assertThat(files.list("")).as("what is not known stays so").isEmpty();
    new FarUntil(files, "file:///s").learn(() -> 0x0102030405060708L);
    assertThat(HexFormat.of().formatHex(files.contentOf(FarUntil.FILE)))
        .isEqualTo("46415255" + "01" + "0102030405060708" + "66696c653a2f2f2f73" + "b57ac9db");
  }

  @Test
  void whatIsWrittenIsBelievedOnlyWhereItIsRight() throws IOException {
    FarUntil first = new FarUntil(files, "here");
    first.learn(() -> 1000);
    first.raise(3000);
    first.raise(2000);
    first.learn(() -> 1);
    assertThat(first.millis()).isEqualTo(3000);
    files = files.cutPower(new Random(1));
    assertThat(new FarUntil(files, "here").millis()).isEqualTo(3000);
    assertThat(new FarUntil(files, "there").millis()).isEqualTo(UNKNOWN);
    int bits = 8 * files.contentOf(FarUntil.FILE).length;
    for (int bit = 0; bit < bits; bit++) {
      MemoryBlockFiles damaged = files.withFlippedBit(FarUntil.FILE, bit);
      assertThat(new FarUntil(damaged, "here").millis()).isEqualTo(UNKNOWN);
    }
  }

  @Test
  void onAFullDiskItIsForgotten() throws IOException {
    FarUntil full = new FarUntil(files, "here");
    full.learn(() -> 1000);
    files.failAfter(1, "no space left", false);
    full.raise(2000);
    assertThat(full.millis()).isEqualTo(UNKNOWN);
    files = files.cutPower(new Random(1));
    assertThat(files.list("")).isEmpty();
    assertThat(new FarUntil(files, "here").millis()).isEqualTo(UNKNOWN);
  }
}
