package dnd.metrics.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockOnDiskTest {
  private static final String ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

  @TempDir private Path folder;

  private void block(String name, long minMillis) throws IOException {
    Path block = Files.createDirectory(folder.resolve(name));
    Files.write(block.resolve("index"), new byte[5]);
    Files.write(Files.createDirectory(block.resolve("chunks")).resolve("000001"), new byte[8]);
    Files.writeString(
        block.resolve("meta.json"),
        "{\"ulid\":\"%s\",\"minTime\":%d,\"maxTime\":%d,\"stats\":{\"numSamples\":7}}"
            .formatted(name.substring(0, 26), minMillis, minMillis + 10));
  }

  @Test
  void onlyWhatIsReadCounts() throws IOException {
    String later = ULID.replace('V', 'W');
    block(later, 20);
    block(ULID, 10);
    block(ULID + ".tmp-for-deletion", 0);
    block(ULID + ".tmp-for-creation", 0);
    block(ULID + ".damaged", 0);
    Files.createDirectory(folder.resolve("wal"));
    assertThat(BlockOnDisk.in(folder))
        .containsExactly(
            new BlockOnDisk(ULID, 10, 20, 7, 13), new BlockOnDisk(later, 20, 30, 7, 13));
    assertThat(BlockOnDisk.in(folder.resolve("none"))).isEmpty();
  }
}
