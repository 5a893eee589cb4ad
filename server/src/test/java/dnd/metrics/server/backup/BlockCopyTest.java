package dnd.metrics.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.disk.Portions;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockCopyTest {
  private static final Ulid REPLACED = Ulid.of(1, new Random(1));
  private static final Ulid CHILD = Ulid.of(2, new Random(1));
  private static final long LARGE = 3L * Portions.BYTES;

  @TempDir Path root;
  private Path from;
  private Path to;
  private final List<Ulid> current = new ArrayList<>(List.of(REPLACED));

  @BeforeEach
  void makeBlocks() throws IOException {
    from = Files.createDirectory(root.resolve("from"));
    to = root.resolve("to");
    for (Ulid ulid : List.of(REPLACED, CHILD)) {
      Path chunks = Files.createDirectories(from.resolve(ulid.toString()).resolve("chunks"));
      resize(chunks.resolve("000001"), LARGE);
      resize(chunks.resolve("000002"), LARGE);
    }
  }

  private static void resize(Path file, long bytes) {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static DiskPace afterPortion(int number, Runnable what) {
    int[] portions = {0};
    return new DiskPace(() -> {
      if (++portions[0] == number) {
        what.run();
      }
      return true;
    });
  }

  private static void shorten(Path block) {
    resize(block.resolve("chunks/000001"), Portions.BYTES / 2);
    resize(block.resolve("chunks/000002"), Portions.BYTES / 2);
  }

  /** As one that is removed in steps does. */
  private void replace() {
    Path renamed = from.resolve(REPLACED + ".tmp-for-deletion");
    try {
      Files.move(from.resolve(REPLACED.toString()), renamed);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    shorten(renamed);
    current.set(0, CHILD);
  }

  private void copyIsOfTheChild() throws IOException {
    assertThat(to).isDirectoryContaining(file -> file.endsWith(CHILD.toString()));
    try (var names = Files.list(to)) {
      assertThat(names).hasSize(1);
    }
    assertThat(to.resolve(CHILD.toString()).resolve("chunks/000001")).hasSize(LARGE);
  }

  @Test
  void ofABlockThatIsRemovedInTheMiddleOfAFileNothingStays() throws IOException {
    assertThat(BlockCopy.run(from, () -> List.copyOf(current), to, afterPortion(1, this::replace)))
        .isEqualTo(1);
    copyIsOfTheChild();
  }

  @Test
  void norWhereItIsRemovedWhileTheLastFileIsForced() throws IOException {
    assertThat(BlockCopy.run(from, () -> List.copyOf(current), to, afterPortion(8, this::replace)))
        .isEqualTo(1);
    copyIsOfTheChild();
  }

  @Test
  void aBlockThatBecomesShorterInItsPlaceIsAnError() {
    Runnable shorten = () -> shorten(from.resolve(REPLACED.toString()));
    assertThatThrownBy(
            () -> BlockCopy.run(from, () -> List.copyOf(current), to, afterPortion(1, shorten)))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("became shorter while it was copied");
  }
}
