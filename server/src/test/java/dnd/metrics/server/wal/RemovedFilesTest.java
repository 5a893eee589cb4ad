package dnd.metrics.server.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.disk.RemovalSteps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RemovedFilesTest {
  private static final int LARGE = 2 * RemovalSteps.BYTES + 3;
  private static final List<String> NAMES = List.of("00000001.wal", "00000002.wal", "a.checkpoint");

  private final MemoryLogFiles files = new MemoryLogFiles();

  private void fill() {
    NAMES.forEach(name -> files.setContent(name, new byte[LARGE]));
    files.setContent("00000003.wal", new byte[LARGE]);
  }

  @Test
  void theirNamesGoBeforeTheyBecomeShorter() throws IOException {
    fill();
    List<List<String>> seen = new ArrayList<>();
    DiskPace pace =
        new DiskPace(() -> {
          try {
            seen.add(files.list());
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          return true;
        });
    RemovedFiles.remove(files, NAMES, pace);
    assertThat(seen)
        .allSatisfy(names -> assertThat(names).doesNotContainAnyElementsOf(NAMES))
        .hasSizeGreaterThanOrEqualTo(1);
    assertThat(files.list()).containsExactly("00000003.wal");
  }

  /** A power cut at any of its steps: what has its name has all its bytes, and the rest goes. */
  @Test
  void whatAPowerCutLeavesIsWholeOrIsRemovedByTheNextStart() throws IOException {
    for (long seed = 0; seed < 40; seed++) {
      MemoryLogFiles disk = new MemoryLogFiles();
      NAMES.forEach(name -> disk.setContent(name, new byte[LARGE]));
      Random random = new Random(seed);
      int last = random.nextInt(9);
      MemoryLogFiles[] after = {null};
      int[] steps = {0};
      DiskPace cutting =
          new DiskPace(() -> {
            if (steps[0]++ == last) {
              after[0] = disk.cutPower(random);
            }
            return true;
          });
      try {
        RemovedFiles.remove(disk, NAMES, cutting);
      } catch (IOException e) {
        assertThat(e).hasMessage("the power is cut");
      }
      MemoryLogFiles left = after[0] == null ? disk.cutPower(random) : after[0];
      for (String name : NAMES) {
        if (left.list().contains(name)) {
          assertThat(left.contentOf(name)).as("seed %d", seed).hasSize(LARGE);
        }
      }
      RemovedFiles.removeLeftovers(left);
      assertThat(left.list()).as("seed %d", seed).isSubsetOf(NAMES);
    }
  }

  @Test
  void whatCannotBeMadeShorterIsRemovedAllTheSame() throws IOException {
    fill();
    files.failForces(1);
    assertThatThrownBy(() -> RemovedFiles.remove(files, NAMES.subList(0, 2), DiskPace.UNPACED))
        .hasMessage("Input/output error");
    assertThat(files.list()).containsExactly("00000003.wal", "a.checkpoint");
  }

  @Test
  void whatWasRenamedBeforeOneThatCannotBeGoesAllTheSame() throws IOException {
    fill();
    files.failRenamesOf("00000002.wal");
    assertThatThrownBy(() -> RemovedFiles.remove(files, NAMES, DiskPace.UNPACED))
        .hasMessage("Input/output error");
    assertThat(files.list()).containsExactly("00000002.wal", "00000003.wal", "a.checkpoint");
    assertThat(files.contentOf("00000002.wal")).hasSize(LARGE);
    files.failRenamesOf("");
    RemovedFiles.remove(files, NAMES.subList(1, 3), DiskPace.UNPACED);
    assertThat(files.list()).containsExactly("00000003.wal");
  }

  @Test
  void whatAnEarlierCallHasLeftGoesWithTheNext() throws IOException {
    fill();
    files.setContent("00000000.wal.removed", new byte[LARGE]);
    RemovedFiles.remove(files, NAMES.subList(0, 1), DiskPace.UNPACED);
    assertThat(files.list()).containsExactly("00000002.wal", "00000003.wal", "a.checkpoint");
  }
}
