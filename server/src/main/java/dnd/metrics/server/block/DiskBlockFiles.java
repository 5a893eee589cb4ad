package dnd.metrics.server.block;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.disk.RemovalSteps;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A folder of blocks on a real disk. */
public final class DiskBlockFiles implements BlockFiles {
  private final Path root;

  /** Uses {@code root}, which is made where it does not exist. */
  public DiskBlockFiles(Path root) throws IOException {
    this.root = root;
    if (!Files.isDirectory(root)) {
      Files.createDirectories(root);
      Path parent = root.toAbsolutePath().getParent();
      if (parent != null) {
        force(parent);
      }
    }
  }

  private Path resolve(String path) {
    return path.isEmpty() ? root : root.resolve(path);
  }

  @Override
  public List<String> list(String folder) throws IOException {
    try (Stream<Path> files = Files.list(resolve(folder))) {
      return files.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Override
  public long byteSize(String path) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(resolve(path))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (Files.isRegularFile(file)) {
          bytes += Files.size(file);
        }
      }
    }
    return bytes;
  }

  @Override
  public void createFolder(String folder) throws IOException {
    Files.createDirectory(resolve(folder));
  }

  @Override
  public BlockFile create(String path) throws IOException {
    return new DiskBlockFile(
        FileChannel.open(resolve(path), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(resolve(from), resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(String path) throws IOException {
    for (Path each : RemovalSteps.deepestFirst(resolve(path))) {
      Files.deleteIfExists(each);
    }
  }

  @Override
  public boolean deleteInSteps(String path, DiskPace pace, BooleanSupplier isStopping)
      throws IOException {
    return new RemovalSteps(pace, isStopping).removeAll(resolve(path));
  }

  @Override
  public void forceFolder(String folder) throws IOException {
    force(resolve(folder));
  }

  private static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public MemorySegment map(String path, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(resolve(path), StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  @Override
  public String describe(String path) {
    return resolve(path).toString();
  }

  private record DiskBlockFile(FileChannel channel) implements BlockFile {
    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    }

    @Override
    public void force() throws IOException {
      channel.force(true);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
