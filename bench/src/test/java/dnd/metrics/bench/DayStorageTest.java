package dnd.metrics.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is taken for a day's blocks that are where they should be, and what is not. */
class DayStorageTest {
  private static final long BEGIN = 1_764_000_000_000L / DayStorage.HOUR_MILLIS * 3_600_000;

  private final DayStorage storage = new DayStorage(1_600, 800, 100, 26);

  private static BlockOnDisk block(int fromHour, int toHour, long bytes) {
    return new BlockOnDisk(
        "01ARZ3NDEKTSV4RRFFQ69G5F%02d".formatted(fromHour),
        BEGIN + fromHour * DayStorage.HOUR_MILLIS,
        BEGIN + toHour * DayStorage.HOUR_MILLIS,
        7,
        bytes);
  }

  private final List<BlockOnDisk> local =
      new ArrayList<>(List.of(block(12, 18, 600), block(18, 20, 200)));
  private final List<BlockOnDisk> stored =
      new ArrayList<>(List.of(block(6, 12, 600), block(12, 18, 600), block(18, 20, 200)));

  private void check() {
    storage.check(new DayBlocks(local, stored), true, BEGIN);
  }

  private void assertRefused(String why) {
    assertThatThrownBy(this::check).hasMessageContaining(why);
  }

  @Test
  void aDayAsItShouldBe() {
    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @Test
  void eachBlockCountsOnceWhereverItIs() {
    DayBlocks blocks = new DayBlocks(local, stored);
    assertThat(blocks.all())
        .containsExactly(block(6, 12, 600), block(12, 18, 600), block(18, 20, 200));
    assertThat(blocks.storedOnly()).containsExactly(block(6, 12, 600));
    assertThat(blocks.oldestMillis()).isEqualTo(BEGIN + 6 * DayStorage.HOUR_MILLIS);
    assertThat(new DayBlocks(List.of(), List.of()).oldestMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aBlockThatWasNotUploaded() {
    stored.removeLast();
    assertRefused("is not in the object store");
  }

  @Test
  void blocksOfOneTime() {
    stored.addFirst(block(11, 13, 10));
    assertRefused("blocks of one time");
  }

  @Test
  void moreThanThereIsRoomFor() {
    stored.addFirst(block(4, 6, 300));
    assertRefused("more than 1,600");
  }

  @Test
  void moreThanThereIsRoomForHere() {
    local.addFirst(block(6, 12, 600));
    assertRefused("here, more than 800");
  }

  @Test
  void anEmptyStoreIsNotWhatWasAskedFor() {
    stored.removeFirst();
    stored.removeFirst();
    local.removeFirst();
    assertRefused("too much went for want of room");
    local.clear();
    stored.clear();
    assertRefused("nothing is left");
  }

  @Test
  void nothingWent() {
    stored.set(0, block(0, 12, 800));
    assertRefused("nothing went for want of room");
  }

  @Test
  void nothingIsInTheStoreOnly() {
    stored.removeFirst();
    assertRefused("no block is in the object store only");
  }

  @Test
  void tooMuchWentFromHere() {
    local.removeFirst();
    assertRefused("too much went from the local disk");
  }

  @Test
  void whatIsReadBackIsInTheCacheAndNoMore() {
    assertThatCode(() -> storage.check(new ObjectFigures(true, 3, 100, 100), true))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> storage.check(new ObjectFigures(true, 3, 0, 0), true))
        .hasMessageContaining("nothing was read");
    assertThatThrownBy(() -> storage.check(new ObjectFigures(true, 3, 100, 101), true))
        .hasMessageContaining("more than 100");
    assertThatThrownBy(() -> storage.check(new ObjectFigures(false, 3, 100, 100), true))
        .hasMessageContaining("away");
  }
}
