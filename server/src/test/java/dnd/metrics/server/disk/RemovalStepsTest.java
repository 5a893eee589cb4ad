package dnd.metrics.server.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemovalStepsTest {
  private static final long STEP = RemovalSteps.BYTES;

  private final List<String> done = new ArrayList<>();
  private final RemovalSteps steps = new RemovalSteps(DiskPace.UNPACED);

  private final class NotedFile implements RemovalSteps.LargeFile {
    private final long size;
    private long fails = -1;

    NotedFile(long size) {
      this.size = size;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public void truncate(long toSize) {
      done.add(toSize / STEP + "." + toSize % STEP);
    }

    @Override
    public void force() throws IOException {
      done.add("force");
      if (done.size() == fails) {
        throw new IOException("Input/output error");
      }
    }
  }

  @Test
  void eachStepIsForced() throws IOException {
    steps.shorten(new NotedFile(2 * STEP + 5));
    assertThat(done).containsExactly("1.5", "force", "0.5", "force", "0.0", "force");
  }

  @Test
  void whatIsSmallIsLeftAlone() throws IOException {
    steps.shorten(new NotedFile(STEP));
    steps.shorten(new NotedFile(0));
    assertThat(done).isEmpty();
  }

  @Test
  void aStepThatCannotBeForcedIsTheLast() {
    NotedFile file = new NotedFile(3 * STEP);
    file.fails = 4;
    assertThatThrownBy(() -> steps.shorten(file)).hasMessage("Input/output error");
    assertThat(done).containsExactly("2.0", "force", "1.0", "force");
  }

  /** Asked before each rest, so after each step. */
  @Test
  void theRestsAreThoseOfThePace(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("large");
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(3 * STEP + 1);
    }
    List<Long> sizes = new ArrayList<>();
    DiskPace pace =
        new DiskPace(() -> {
          sizes.add(file.toFile().length());
          return true;
        });
    new RemovalSteps(pace).remove(file);
    assertThat(sizes).containsExactly(2 * STEP + 1, STEP + 1, 1L, 0L);
    assertThat(file).doesNotExist();
  }

  @Test
  void whoIsToStopLeavesTheRest(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("large");
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(3 * STEP + 1);
    }
    Path other = Files.writeString(folder.resolve("a small one"), "some");
    RemovalSteps stopping =
        new RemovalSteps(DiskPace.UNPACED, () -> file.toFile().length() < 3 * STEP);
    assertThat(stopping.removeAll(folder)).isFalse();
    assertThat(file).hasSize(2 * STEP + 1);
    assertThat(other).exists();
    assertThat(steps.removeAll(folder)).isTrue();
    assertThat(folder).doesNotExist();
  }

  /** As somebody's copy of a block that is made of links, which costs no room. */
  @Test
  void ofAFileWithOtherNamesOnlyThisNameGoes(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("large");
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(STEP + 1);
    }
    Path linked = Files.createLink(folder.resolve("linked"), file);
    steps.remove(file);
    assertThat(file).doesNotExist();
    assertThat(linked).hasSize(STEP + 1);
    Path symbolic = Files.createSymbolicLink(folder.resolve("symbolic"), linked);
    steps.remove(symbolic);
    assertThat(linked).hasSize(STEP + 1);
    Path toNothing = Files.createSymbolicLink(symbolic, folder.resolve("nothing"));
    steps.remove(toNothing);
    assertThat(Files.exists(toNothing, LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  @Test
  void removesWhatIsSmallAndEmptyFoldersAndMindsNothingThatIsGone(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("small"), "some");
    Path empty = Files.createDirectory(folder.resolve("folder"));
    steps.remove(file);
    steps.remove(empty);
    steps.remove(file);
    assertThat(folder).isEmptyDirectory();
  }
}
