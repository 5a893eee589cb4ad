package dnd.metrics.server.backup;

import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.disk.Portions;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Copies the blocks of a data folder while the service runs. Blocks do not change, but compaction
 * puts one in the place of several: then the copy begins anew with those that it has not got yet.
 */
final class BlockCopy {
  private static final int MOST_ROUNDS = 100;

  private BlockCopy() {}

  /**
   * @param current the names of the blocks that are read at this moment
   * @return how many blocks were copied
   */
  static int run(Path from, Supplier<List<Ulid>> current, Path to, DiskPace pace)
      throws IOException {
    Files.createDirectories(to);
    Set<Ulid> copied = new HashSet<>();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      List<Ulid> wanted = current.get();
      if (copyMissing(from, wanted, to, copied, pace)) {
        for (Ulid obsolete : copied) {
          if (!wanted.contains(obsolete)) {
            Backup.deleteAll(to.resolve(obsolete.toString()));
          }
        }
        return wanted.size();
      }
    }
    throw new BackupException("the blocks in " + from + " change faster than they can be copied");
  }

  /** False where a block has gone meanwhile. */
  private static boolean copyMissing(
      Path from, List<Ulid> wanted, Path to, Set<Ulid> copied, DiskPace pace) throws IOException {
    for (Ulid ulid : wanted) {
      if (!copied.contains(ulid)) {
        Path target = to.resolve(ulid.toString());
        if (!copyWhole(from.resolve(ulid.toString()), target, pace)) {
          if (Files.exists(target)) {
            Backup.deleteAll(target);
          }
          return false;
        }
        copied.add(ulid);
      }
    }
    return true;
  }

  /**
   * Copies a block; false where it has gone meanwhile. One that goes loses its name first, then its
   * files become shorter: so the copy is whole where the name is there still.
   */
  private static boolean copyWhole(Path block, Path target, DiskPace pace) throws IOException {
    try {
      copy(block, target, pace);
    } catch (NoSuchFileException | EOFException e) {
      if (Files.exists(block)) {
        throw e;
      }
    }
    return Files.exists(block);
  }

  /** Copies a file; where there is none, nothing. */
  static void copyIfThere(Path from, Path to) throws IOException {
    try {
      copyFile(from, to, DiskPace.UNPACED);
    } catch (NoSuchFileException e) {
      if (!e.getFile().equals(from.toString())) {
        throw e;
      }
    }
  }

  /** Copies a folder with all that is in it. */
  static void copy(Path from, Path to, DiskPace pace) throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(from)) {
      walk.forEach(all::add);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path each : all) {
      Path target = to.resolve(from.relativize(each).toString());
      if (Files.isDirectory(each)) {
        Files.createDirectory(target);
      } else {
        copyFile(each, target, pace);
      }
    }
  }

  /** Copies a file, which is forced in portions: the log is written beside it. */
  private static void copyFile(Path from, Path to, DiskPace pace) throws IOException {
    try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel target =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Portions portions = new Portions(pace, () -> target.force(true));
      portions.write(
          source.size(),
          (at, bytes) -> {
            long done = 0;
            while (done < bytes) {
              long n = source.transferTo(at + done, bytes - done, target);
              if (n == 0) {
                throw new EOFException(from + " became shorter while it was copied");
              }
              done += n;
            }
          });
      portions.force();
    }
  }
}
