package dnd.metrics.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process has in memory, in megabytes of a million bytes: all of it, and the part that is no
 * mapped file and so cannot be dropped.
 */
record ProcessMemory(double residentMegabytes, double anonymousMegabytes) {
  static ProcessMemory of(Process process) {
    Path status = Path.of("/proc/" + process.pid() + "/status");
    try {
      List<String> lines = Files.readAllLines(status);
      return new ProcessMemory(megabytes(lines, "VmRSS:"), megabytes(lines, "RssAnon:"));
    } catch (IOException e) {
      throw new UncheckedIOException("memory is read from /proc: " + e.getMessage(), e);
    }
  }

  private static double megabytes(List<String> lines, String name) {
    return lines.stream()
            .filter(line -> line.startsWith(name))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("/proc has no " + name))
        / 1e6;
  }
}
