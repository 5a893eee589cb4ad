package dnd.metrics.server.wal;

import java.io.IOException;
import java.util.List;

/**
 * The folder that a log lives in. It exists as an interface so that tests can put a failing disk
 * under the log; {@link DiskLogFiles} is the real one. Safe for use by several threads, as long as
 * they use different names.
 */
public interface LogFiles {
  /** The names of all files, sorted. */
  List<String> list() throws IOException;

  /** Makes a new file, replacing one of that name. */
  LogFile create(String name) throws IOException;

  LogFile open(String name) throws IOException;

  void rename(String from, String to) throws IOException;

  void delete(String name) throws IOException;

  /** Makes creations, renames and deletions before this survive a power cut. */
  void forceDirectory() throws IOException;

  /** How messages to people name a file: with its folder. */
  String describe(String name);
}
