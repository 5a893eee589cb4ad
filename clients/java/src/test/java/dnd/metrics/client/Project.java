package dnd.metrics.client;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the project is, from wherever tests run in it. */
final class Project {
  private Project() {}

  static Path folder() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("dnd-metrics"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("no folder above here holds ./dnd-metrics");
    }
    return folder;
  }
}
