package dnd.metrics.server.block;

import dnd.metrics.server.disk.DiskPace;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * The folder that blocks live in. It exists as an interface so that tests can put a failing disk
 * under the blocks; {@link DiskBlockFiles} is the real one. Paths are relative, with {@code /}
 * between names; the empty path is the folder itself. Safe for use by several threads, as long as
 * they use different paths.
 */
public interface BlockFiles extends ReadableBlockFiles {
  /** Behind the name of a file that {@link #replace} has not come to the end with. */
  String PARTIAL_SUFFIX = ".partial";

  /** Makes a folder; its parent must be there, itself not. */
  void createFolder(String folder) throws IOException;

  /** Makes a new file; one of that name must not be there. */
  BlockFile create(String path) throws IOException;

  /**
   * Makes a file or folder appear under another name, in one step. A file there is replaced; a
   * folder there must be empty.
   */
  void rename(String from, String to) throws IOException;

  /**
   * Puts content into a file, new or not, in one step: it is forced, and stays where the folder is
   * forced then.
   */
  default void replace(String path, byte[] content) throws IOException {
    String partial = path + PARTIAL_SUFFIX;
    delete(partial);
    try (BlockFile file = create(partial)) {
      file.write(content, 0, content.length);
      file.force();
    }
    rename(partial, path);
  }

  /** Removes a file, or a folder with all that is in it; where there is none, nothing. */
  void delete(String path) throws IOException;

  /**
   * Removes as {@link #delete} does, but what is large step by step, beside the log. Nobody may
   * have any of it mapped, and it must not have a name by which a start would read it: a crash
   * leaves a part.
   *
   * @param isStopping asked before each step: whether to leave the rest for a start
   * @return false where it was to stop before the end
   */
  boolean deleteInSteps(String path, DiskPace pace, BooleanSupplier isStopping) throws IOException;

  /** Makes creations, renames and deletions in a folder before this survive a power cut. */
  void forceFolder(String folder) throws IOException;
}
