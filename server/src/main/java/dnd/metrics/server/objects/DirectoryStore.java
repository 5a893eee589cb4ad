package dnd.metrics.server.objects;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.disk.Portions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory as an object store, which may be on another disk or machine: each object is a file.
 * What is being put has a name that ends in {@value #PARTIAL}, and is no object.
 */
public final class DirectoryStore implements ObjectStore {
  static final String PARTIAL = ".partial";

  private final Path root;

  /** Uses {@code root}, which must be there: a disk that is not mounted is no empty store. */
  public DirectoryStore(Path root) {
    this.root = root;
  }

  private Path file(String name) throws IOException {
    ObjectNames.check(name);
    if (!Files.isDirectory(root)) {
      throw new NoSuchFileException(root.toString(), null, "the object store is not there");
    }
    return root.resolve(name);
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new NoSuchFileException(root.toString(), null, "the object store is not there");
    }
    List<StoredObject> found = new ArrayList<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : (Iterable<Path>) all::iterator) {
        String name = root.relativize(each).toString().replace('\\', '/');
        if (name.startsWith(prefix) && !name.endsWith(PARTIAL) && Files.isRegularFile(each)) {
          found.add(new StoredObject(name, Files.size(each)));
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    found.sort(Comparator.comparing(StoredObject::name));
    return found;
  }

  @Override
  public void put(String name, MemorySegment content) throws IOException {
    Path target = file(name);
    Path folder = folderOf(target);
    makeFolders(folder);
    Path partial = folder.resolve(target.getFileName() + PARTIAL);
    try (FileChannel out =
        FileChannel.open(
            partial,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      // The log may be on the same disk: docs/decisions/large-files.md.
      Portions portions = new Portions(DiskPace.UNPACED, () -> out.force(true));
      portions.write(
          content.byteSize(),
          (at, bytes) -> {
            ByteBuffer part = content.asSlice(at, bytes).asByteBuffer();
            while (part.hasRemaining()) {
              out.write(part);
            }
          });
      portions.force();
    }
    if (!hasBytes(partial, content)) {
      throw new IOException(partial + " is not what was written: its checksum is wrong");
    }
    Files.move(
        partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    force(folder);
  }

  private Path folderOf(Path file) {
    Path parent = file.getParent();
    return parent == null ? root : parent;
  }

  private void makeFolders(Path folder) throws IOException {
    if (folder.equals(root) || Files.isDirectory(folder)) {
      return;
    }
    Path parent = folderOf(folder);
    makeFolders(parent);
    Files.createDirectory(folder);
    force(parent);
  }

  private static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public boolean holds(String name, MemorySegment content) throws IOException {
    Path file = file(name);
    return Files.isRegularFile(file) && hasBytes(file, content);
  }

  private static boolean hasBytes(Path file, MemorySegment content) throws IOException {
    if (Files.size(file) != content.byteSize()) {
      return false;
    }
    byte[] bytes = new byte[1 << 16];
    long at = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int n; (n = in.read(bytes)) > 0; at += n) {
        MemorySegment read = MemorySegment.ofArray(bytes).asSlice(0, n);
        if (read.mismatch(content.asSlice(at, n)) >= 0) {
          return false;
        }
      }
    }
    return at == content.byteSize();
  }

  @Override
  public InputStream read(String name) throws IOException {
    return Files.newInputStream(file(name));
  }

  @Override
  public byte[] read(String name, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    Path file = file(name);
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      while (bytes.hasRemaining() && in.read(bytes, offset + bytes.position()) >= 0) {
        // goes on until all is there, or the file ends
      }
    }
    if (bytes.hasRemaining()) {
      throw new IOException("%s has no %d bytes from %d on".formatted(file, length, offset));
    }
    return bytes.array();
  }

  @Override
  public void delete(String name) throws IOException {
    Path file = file(name);
    Files.deleteIfExists(file);
    Files.deleteIfExists(file.resolveSibling(file.getFileName() + PARTIAL));
    Path folder = folderOf(file);
    while (!folder.equals(root)) {
      try {
        Files.deleteIfExists(folder);
      } catch (DirectoryNotEmptyException e) {
        break;
      }
      folder = folderOf(folder);
    }
    if (Files.isDirectory(folder)) {
      force(folder);
    }
  }

  @Override
  public String describe() {
    return new ObjectAddress.Directory(root).toString();
  }

  @Override
  public void close() {}
}
