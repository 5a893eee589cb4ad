package dnd.metrics.server.block;

import dnd.metrics.server.disk.DiskPace;
import java.io.IOException;

/** The folder of a block, in which files are made and replaced. For one thread at a time. */
final class BlockFolder {
  private final BlockFiles files;
  private final String folder;

  BlockFolder(BlockFiles files, String folder) {
    this.files = files;
    this.folder = folder;
  }

  /** Makes a file and forces it. */
  void create(String name, OutputBytes content) throws IOException {
    try (FileOutput out =
        new FileOutput(files.create(BlockLayout.path(folder, name)), DiskPace.UNPACED)) {
      out.write(content);
      out.force();
    }
  }

  /**
   * Puts other content into a file, in one step, durably.
   *
   * @throws IOException where that failed: the file may have either content
   */
  void replace(String name, OutputBytes content) throws IOException {
    String partial = name + BlockLayout.PARTIAL_SUFFIX;
    String path = BlockLayout.path(folder, partial);
    try {
      files.delete(path);
      create(partial, content);
      files.rename(path, BlockLayout.path(folder, name));
      files.forceFolder(folder);
    } catch (IOException e) {
      try {
        files.delete(path);
      } catch (IOException another) {
        e.addSuppressed(another); // it is removed at the next start
      }
      throw e;
    }
  }

  /** Removes what replacements that did not come to their end have left. */
  void removeLeftovers() throws IOException {
    boolean found = false;
    for (String name : files.list(folder)) {
      if (name.endsWith(BlockLayout.PARTIAL_SUFFIX)) {
        files.delete(BlockLayout.path(folder, name));
        found = true;
      }
    }
    if (found) {
      files.forceFolder(folder);
    }
  }
}
