package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lets a process take in events while memory is missing: every event that is sent until it is
 * acknowledged is there once, whole, in the head and after a start. {@code -Dmemory.seeds=20} for a
 * campaign.
 */
class MemoryFaultTest {
  private static final int EVENTS = 24;

  @TempDir Path folder;

  @Test
  void whatIsAcknowledgedWhileMemoryIsMissingIsThereOnce() throws Exception {
    long first = Long.getLong("memory.seed", 1);
    for (long seed = first; seed < first + Integer.getInteger("memory.seeds", 1); seed++) {
      System.out.println("seed " + seed + ": " + run(seed));
    }
  }

  private String run(long seed) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xmx24m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            MemoryFaultChild.class.getName(),
            folder.resolve("data" + seed).toString(),
            Long.toString(seed),
            Integer.toString(EVENTS));
    Path output = folder.resolve("output" + seed);
    Process child =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = child.waitFor(10, TimeUnit.MINUTES);
      String said = Files.readString(output);
      assertThat(ended).as("seed %d ends: %s", seed, said).isTrue();
      assertThat(child.exitValue()).as("seed %d: %s", seed, said).isZero();
      return said;
    } finally {
      child.destroyForcibly();
    }
  }
}
