package dnd.metrics.server.backup;

import dnd.metrics.server.disk.RemovalSteps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is left of backups that were not finished, as where whoever made or removed one was killed.
 * It is never gone on with: the log and the blocks that it was to have may be gone since.
 */
final class Unfinished {
  private static final Logger LOG = LoggerFactory.getLogger(Unfinished.class);

  private static final Pattern NAME =
      Pattern.compile("\\d{8}T\\d{6}\\.\\d{3}Z" + Pattern.quote(Backup.PARTIAL));

  /** Who makes a backup writes all the time, but clocks may differ. */
  private static final long LEFT_AFTER_MILLIS = TimeUnit.HOURS.toMillis(1);

  private Unfinished() {}

  /** Those in a folder, oldest first; what others have put there is left out. */
  static List<Path> in(Path parent) throws IOException {
    try (Stream<Path> all = Files.list(parent)) {
      return all.filter(each -> NAME.matcher(String.valueOf(each.getFileName())).matches())
          .sorted()
          .toList();
    }
  }

  /** Whether nobody has written to it for an hour. */
  static boolean isLeft(Path partial, long nowMillis) throws IOException {
    try {
      for (Path each : RemovalSteps.deepestFirst(partial)) {
        if (Files.getLastModifiedTime(each).toMillis() > nowMillis - LEFT_AFTER_MILLIS) {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return false; // somebody removes it
    }
  }

  /** Where that cannot be it stays, until the next backup: this one is made all the same. */
  static void remove(Path partial) {
    LOG.warn("{} is left of a backup that was not finished, or not removed: it goes", partial);
    try {
      new RemovalSteps(Backup.BESIDE_THE_LOG).removeAll(partial);
    } catch (IOException e) {
      LOG.warn("{} cannot be removed", partial, e);
    }
  }
}
