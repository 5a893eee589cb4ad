package dnd.metrics.server.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Removes large files beside the write-ahead log. What a file has on the disk is given back all at
 * once where it is removed as it is, and the next force of the log waits for that. So it is made
 * shorter step by step before, each of which is forced, at a {@link DiskPace}.
 *
 * <p>Nobody may read the file any more, nor have it mapped: bytes that are gone from a mapped file
 * end who reads them. And since it may stay behind with a part of what it had, it must have lost
 * its name before, for one that a start removes. Safe for use by several threads.
 */
public final class RemovalSteps {
  /** What is not larger is removed as it is. */
  public static final int BYTES = 8 << 20;

  /** A file that can become shorter. */
  public interface LargeFile {
    long size() throws IOException;

    void truncate(long size) throws IOException;

    /** Returns once its size would survive a power cut. */
    void force() throws IOException;
  }

  private final DiskPace pace;
  private final BooleanSupplier isStopping;

  /** To the end. */
  public RemovalSteps(DiskPace pace) {
    this(pace, () -> false);
  }

  /**
   * @param isStopping asked before each step: whether to leave the rest for a start
   */
  public RemovalSteps(DiskPace pace, BooleanSupplier isStopping) {
    this.pace = pace;
    this.isStopping = isStopping;
  }

  /**
   * Leaves nothing of a file that is large; the caller removes its name.
   *
   * @return false where it was to stop before: a part is left
   */
  public boolean shorten(LargeFile file) throws IOException {
    long size = file.size();
    if (size > BYTES) {
      for (long left = size; left > 0; ) {
        if (isStopping.getAsBoolean()) {
          return false;
        }
        left = Math.max(0, left - BYTES);
        file.truncate(left);
        pace.force(file::force);
      }
    }
    return true;
  }

  /**
   * Removes a file; where there is none, nothing. Of one that has other names, as in a copy that
   * was made of links, only this name goes.
   *
   * @return false where it was to stop before: the file is there, with a part of what it had
   */
  public boolean remove(Path file) throws IOException {
    try {
      BasicFileAttributes found =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (found.isRegularFile() && found.size() > BYTES && hasOneName(file)) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          if (!shorten(new ChannelFile(channel))) {
            return false;
          }
        }
      }
      Files.delete(file);
      return true;
    } catch (NoSuchFileException e) {
      return true; // somebody else removed it
    }
  }

  /**
   * Removes a file, or a folder with all that is in it; where there is none, nothing.
   *
   * @return false where it was to stop before: a part is left
   */
  public boolean removeAll(Path folder) throws IOException {
    for (Path each : deepestFirst(folder)) {
      if (isStopping.getAsBoolean() || !remove(each)) {
        return false;
      }
    }
    return true;
  }

  /** A folder and all that is in it, in an order in which it can be removed; of none, nothing. */
  public static List<Path> deepestFirst(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean hasOneName(Path file) throws IOException {
    return Files.getAttribute(file, "unix:nlink").equals(1);
  }

  private record ChannelFile(FileChannel channel) implements LargeFile {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }
  }
}
