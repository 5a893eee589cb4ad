package dnd.metrics.server.wal;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.disk.RemovalFailures;
import dnd.metrics.server.disk.RemovalSteps;
import java.io.IOException;
import java.util.List;

/**
 * Files of a log's folder that are not needed any more. First all of them lose their names, so that
 * no start takes one of which a part is gone for a file of the log; then they go step by step,
 * beside the log (docs/decisions/large-files.md). What a crash leaves is removed by the next {@link
 * LogReplay}.
 */
public final class RemovedFiles {
  private static final String SUFFIX = ".removed";

  private RemovedFiles() {}

  /**
   * Removes files that nobody reads, nor has mapped: their names in this order. One that cannot be
   * renamed keeps its name, as those behind it do; all that lost theirs go, also at an earlier call
   * that failed. For one thread at a time.
   *
   * @throws IOException where something is left, after the rest was removed
   */
  public static void remove(LogFiles files, List<String> names, DiskPace pace) throws IOException {
    if (names.isEmpty()) {
      return;
    }
    RemovalFailures failures = new RemovalFailures();
    try {
      for (String name : names) {
        files.rename(name, name + SUFFIX);
      }
    } catch (IOException e) {
      failures.add(e);
    }
    files.forceDirectory();
    RemovalSteps steps = new RemovalSteps(pace);
    for (String name : files.list()) {
      if (name.endsWith(SUFFIX)) {
        try {
          remove(files, name, steps);
        } catch (IOException e) {
          failures.add(e);
        }
      }
    }
    failures.throwFirst();
  }

  private static void remove(LogFiles files, String name, RemovalSteps steps) throws IOException {
    try (LogFile file = files.open(name)) {
      steps.shorten(file);
    } finally {
      files.delete(name);
    }
  }

  /** Removes what a crash, or a failure, has left. */
  static void removeLeftovers(LogFiles files) throws IOException {
    for (String name : files.list()) {
      if (name.endsWith(SUFFIX)) {
        files.delete(name);
      }
    }
  }
}
