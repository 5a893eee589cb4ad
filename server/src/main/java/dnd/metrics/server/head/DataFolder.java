package dnd.metrics.server.head;

import dnd.metrics.server.wal.DiskLogFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of data, held by this process alone until it is closed. The file {@code FORMAT} says
 * that it is ours and of which format; the file {@code LOCK} is locked as long as a process works
 * here, and names it.
 */
final class DataFolder implements Closeable {
  private static final String MARKER = "FORMAT";
  private static final String LOCK = "LOCK";
  private static final String CONTENT = "dnd-metrics data, format 1\n";

  private final Path path;
  private final FileChannel lockFile;

  private DataFolder(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /**
   * Takes possession of a folder, which is made where it does not exist.
   *
   * @throws DataFolderException where it is in use, not ours, or cannot be written
   */
  static DataFolder open(Path path) throws DataFolderException {
    try {
      Files.createDirectories(path);
      checkMarker(path);
      FileChannel lockFile = lock(path);
      try {
        if (!Files.exists(path.resolve(MARKER))) {
          writeMarker(path);
        }
        return new DataFolder(path, lockFile);
      } catch (IOException e) {
        lockFile.close();
        throw e;
      }
    } catch (DataFolderException e) {
      throw e;
    } catch (FileAlreadyExistsException | NotDirectoryException e) {
      throw new DataFolderException("cannot use " + path + " for data: it is not a folder", e);
    } catch (AccessDeniedException e) {
      throw new DataFolderException(
          "cannot use " + path + " for data: no permission for " + e.getFile(), e);
    } catch (FileSystemException e) {
      String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      throw new DataFolderException("cannot use " + path + " for data: " + reason, e);
    } catch (IOException e) {
      throw new DataFolderException("cannot use " + path + " for data: " + e.getMessage(), e);
    }
  }

  Path path() {
    return path;
  }

  private static void checkMarker(Path path) throws IOException {
    Path marker = path.resolve(MARKER);
    if (Files.exists(marker)) {
      String content = Files.readString(marker);
      if (!content.equals(CONTENT)) {
        throw new DataFolderException(
            content.startsWith("dnd-metrics data, format ")
                ? path + " was written by another version of dnd-metrics (" + content.strip() + ")"
                : path + " belongs to another program: its file FORMAT is not ours");
      }
      return;
    }
    try (Stream<Path> files = Files.list(path)) {
      List<String> others =
          files
              .map(p -> p.getFileName().toString())
              .filter(name -> !name.equals(LOCK) && !name.equals("lost+found"))
              .sorted()
              .limit(1)
              .toList();
      if (!others.isEmpty()) {
        throw new DataFolderException(
            path
                + " is not a data folder of dnd-metrics, and not empty either (it holds "
                + others.getFirst()
                + ")");
      }
    }
  }

  private static FileChannel lock(Path path) throws IOException {
    Path file = path.resolve(LOCK);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      FileLock lock = tryLock(channel);
      if (lock == null) {
        String holder = Files.readString(file).strip();
        throw new DataFolderException(
            path
                + " is in use by another process"
                + (holder.isEmpty() ? "" : " (pid " + holder + ")"));
      }
      locked = true;
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)),
          0);
      return channel;
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held within this very process
    }
  }

  private static void writeMarker(Path path) throws IOException {
    Path marker = path.resolve(MARKER);
    try (FileChannel file =
        FileChannel.open(marker, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(CONTENT.getBytes(StandardCharsets.UTF_8)));
      file.force(true);
    }
    DiskLogFiles.forceDirectory(path);
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null && Files.isReadable(parent)) {
      DiskLogFiles.forceDirectory(parent);
    }
  }

  /** Gives the folder free. */
  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
