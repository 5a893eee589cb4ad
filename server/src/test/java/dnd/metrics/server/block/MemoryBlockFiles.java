package dnd.metrics.server.block;

import dnd.metrics.server.disk.DiskPace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * A disk for tests: it fails at the step it is told, and forgets, at a power cut, what was not
 * forced: bytes of files (all, or those behind a point), and names of a folder.
 */
public final class MemoryBlockFiles implements BlockFiles {
  /** A file, or a folder. */
  private static final class Node {
    final boolean isFolder;
    byte[] bytes = {};
    int durableSize;
    final TreeMap<String, Node> children = new TreeMap<>();
    Map<String, Node> durableChildren = Map.of();

    Node(boolean isFolder) {
      this.isFolder = isFolder;
    }
  }

  private final Node root;
  private long stepsUntilFailure = Long.MAX_VALUE;
  private String failure = "";
  private boolean failsForEver;
  private String fixed = "";
  private String named = "";
  private long steps;

  public MemoryBlockFiles() {
    this(new Node(true));
  }

  private MemoryBlockFiles(Node root) {
    this.root = root;
  }

  /** Lets the change after {@code steps} more fail, and all behind it where it is for ever. */
  public synchronized void failAfter(long steps, String message, boolean forEver) {
    stepsUntilFailure = steps;
    failure = message;
    failsForEver = forEver;
  }

  /** Lets nothing be removed whose name begins so; the empty name for none. */
  public synchronized void failDeletionsOf(String beginning) {
    fixed = beginning;
  }

  /** Lets nothing be renamed whose name begins so; the empty name for none. */
  public synchronized void failRenamesOf(String beginning) {
    named = beginning;
  }

  /** How many changes there were. */
  public synchronized long steps() {
    return steps;
  }

  /** The disk as it is found after the power was cut. */
  public synchronized MemoryBlockFiles cutPower(Random random) {
    return new MemoryBlockFiles(survivor(root, random));
  }

  private static Node survivor(Node node, Random random) {
    Node left = new Node(node.isFolder);
    if (node.isFolder) {
      boolean names = random.nextBoolean();
      (names ? node.children : node.durableChildren)
          .forEach((name, child) -> left.children.put(name, survivor(child, random)));
      left.durableChildren = new TreeMap<>(left.children);
    } else {
      int pending = node.bytes.length - node.durableSize;
      int kept = node.durableSize + (pending == 0 ? 0 : random.nextInt(pending + 1));
      left.bytes = Arrays.copyOf(node.bytes, kept);
      if (kept > node.durableSize && random.nextBoolean()) { // the size came, the bytes did not
        Arrays.fill(left.bytes, node.durableSize, kept, (byte) 0);
      }
      left.durableSize = kept;
    }
    return left;
  }

  /** A copy with one bit of a file turned. */
  public synchronized MemoryBlockFiles withFlippedBit(String path, int bit) {
    MemoryBlockFiles copy = cutPower(new Random(0));
    Node file;
    try {
      file = copy.node(path);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
    file.bytes[bit / 8] ^= (byte) (1 << bit % 8);
    return copy;
  }

  public synchronized byte[] contentOf(String path) throws IOException {
    return node(path).bytes.clone();
  }

  private void step() throws IOException {
    steps++;
    if (stepsUntilFailure == 0) {
      if (!failsForEver) {
        stepsUntilFailure = Long.MAX_VALUE;
      }
      throw new IOException(failure);
    }
    stepsUntilFailure--;
  }

  private Node node(String path) throws IOException {
    Node at = root;
    if (!path.isEmpty()) {
      for (String name : path.split("/")) {
        at = at.children.get(name);
        if (at == null) {
          throw new NoSuchFileException(path);
        }
      }
    }
    return at;
  }

  private Node parent(String path) throws IOException {
    int slash = path.lastIndexOf('/');
    return node(slash < 0 ? "" : path.substring(0, slash));
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private Node make(String path, boolean folder) throws IOException {
    step();
    Node made = new Node(folder);
    if (parent(path).children.putIfAbsent(name(path), made) != null) {
      throw new FileAlreadyExistsException(path);
    }
    return made;
  }

  @Override
  public synchronized List<String> list(String folder) throws IOException {
    return List.copyOf(node(folder).children.keySet());
  }

  @Override
  public synchronized long byteSize(String folder) throws IOException {
    return byteSize(node(folder));
  }

  private static long byteSize(Node node) {
    return node.bytes.length
        + node.children.values().stream().mapToLong(MemoryBlockFiles::byteSize).sum();
  }

  @Override
  public synchronized void createFolder(String folder) throws IOException {
    make(folder, true);
  }

  @Override
  public synchronized BlockFile create(String path) throws IOException {
    return new MemoryBlockFile(make(path, false));
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    step();
    if (!named.isEmpty() && from.startsWith(named)) {
      throw new AccessDeniedException(from);
    }
    Node moved = node(from);
    Node there = parent(to).children.get(name(to));
    if (there != null && !there.children.isEmpty()) {
      throw new DirectoryNotEmptyException(to);
    }
    parent(from).children.remove(name(from));
    parent(to).children.put(name(to), moved);
  }

  @Override
  public synchronized void delete(String path) throws IOException {
    step();
    if (!fixed.isEmpty() && path.startsWith(fixed)) {
      throw new AccessDeniedException(path);
    }
    parent(path).children.remove(name(path));
  }

  /** Half of each file goes first. */
  @Override
  public synchronized boolean deleteInSteps(String path, DiskPace pace, BooleanSupplier isStopping)
      throws IOException {
    Node there = parent(path).children.get(name(path));
    if (there == null) {
      return true;
    }
    if (!shorten(there, isStopping)) {
      return false;
    }
    delete(path);
    return true;
  }

  private boolean shorten(Node node, BooleanSupplier isStopping) throws IOException {
    if (node.isFolder) {
      for (Node child : node.children.values()) {
        if (!shorten(child, isStopping)) {
          return false;
        }
      }
      return true;
    }
    if (isStopping.getAsBoolean()) {
      return false;
    }
    step();
    node.bytes = Arrays.copyOf(node.bytes, node.bytes.length / 2);
    node.durableSize = Math.min(node.durableSize, node.bytes.length);
    return true;
  }

  @Override
  public synchronized void forceFolder(String folder) throws IOException {
    step();
    Node node = node(folder);
    node.durableChildren = new TreeMap<>(node.children);
  }

  @Override
  public synchronized MemorySegment map(String path, Arena arena) throws IOException {
    Node file = node(path);
    MemorySegment copy = arena.allocate(Math.max(1, file.bytes.length));
    MemorySegment.copy(MemorySegment.ofArray(file.bytes), 0, copy, 0, file.bytes.length);
    return copy.asSlice(0, file.bytes.length).asReadOnly();
  }

  @Override
  public String describe(String path) {
    return "memory/" + path;
  }

  /** The names of all that is there, files and folders. */
  public synchronized Set<String> everything() {
    Set<String> all = new TreeSet<>();
    collect("", root, all);
    return all;
  }

  private static void collect(String path, Node node, Set<String> all) {
    node.children.forEach((name, child) -> {
      String at = path.isEmpty() ? name : path + "/" + name;
      all.add(at);
      collect(at, child, all);
    });
  }

  private final class MemoryBlockFile implements BlockFile {
    private final Node file;

    MemoryBlockFile(Node file) {
      this.file = file;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      synchronized (MemoryBlockFiles.this) {
        int written = length;
        try {
          step();
        } catch (IOException e) {
          written = length / 2; // a part arrives, as on a real disk
          throw e;
        } finally {
          int at = file.bytes.length;
          file.bytes = Arrays.copyOf(file.bytes, at + written);
          System.arraycopy(bytes, offset, file.bytes, at, written);
        }
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (MemoryBlockFiles.this) {
        step();
        file.durableSize = file.bytes.length;
      }
    }

    @Override
    public void close() {}
  }
}
