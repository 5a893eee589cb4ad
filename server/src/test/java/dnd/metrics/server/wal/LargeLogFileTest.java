package dnd.metrics.server.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.disk.Portions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LargeLogFileTest {
  private final MemoryLogFiles disk = new MemoryLogFiles();

  private static byte[] random(int bytes) {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    return content;
  }

  private LargeLogFile create() throws IOException {
    return new LargeLogFile(disk.create("large"), DiskPace.UNPACED);
  }

  @Test
  void whatIsWrittenIsInTheFileHoweverItIsCut() throws IOException {
    byte[] content = random(5 * Portions.BYTES / 2);
    try (LargeLogFile file = create()) {
      ByteBuffer first = ByteBuffer.wrap(content, 0, 100);
      ByteBuffer rest = ByteBuffer.wrap(content, 100, content.length - 100);
      file.write(first, 0);
      file.write(rest, 100);
      assertThat(first.hasRemaining()).isFalse();
      assertThat(rest.hasRemaining()).isFalse();
      assertThat(rest.limit()).isEqualTo(content.length);
      file.force();
      assertThat(file.size()).isEqualTo(content.length);
    }
    assertThat(disk.contentOf("large")).isEqualTo(content);
  }

  @Test
  void wholePortionsAreForcedBeforeTheLastOne() throws IOException {
    byte[] content = random(5 * Portions.BYTES / 2);
    disk.failForces(1); // which would otherwise be known only when the file is whole
    try (LargeLogFile file = create()) {
      assertThatThrownBy(() -> file.write(ByteBuffer.wrap(content), 0))
          .isInstanceOf(IOException.class);
      assertThat(file.size()).isEqualTo(Portions.BYTES);
    }
  }

  @Test
  void aFullDiskIsMetInThePortionThatFindsNoRoom() throws IOException {
    disk.limitCapacity(3L * Portions.BYTES / 2);
    byte[] content = random(2 * Portions.BYTES);
    try (LargeLogFile file = create()) {
      assertThatThrownBy(() -> file.write(ByteBuffer.wrap(content), 0))
          .hasMessageContaining("No space left");
    }
  }
}
