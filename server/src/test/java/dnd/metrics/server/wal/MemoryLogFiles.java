package dnd.metrics.server.wal;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk for tests: it fails when told to, has only so much room, and forgets, at a power cut, what
 * was not forced. What was written but not forced may survive a cut, be lost, or be torn, or any of
 * its sectors survive, each write for itself; of the changes of names since the folder was forced,
 * the first ones survive. Of a file that becomes shorter, whoever mapped it last sees zeros where
 * on a real disk reading fails.
 */
public final class MemoryLogFiles implements LogFiles {
  private static final String POWER_CUT = "the power is cut";
  private static final int SECTOR_BYTES = 512;

  private Map<String, Content> names = new TreeMap<>();
  private Map<String, Content> durableNames = new TreeMap<>();

  /** What the folder was after each change of names since it was last forced. */
  private final List<Map<String, Content>> pendingNames = new ArrayList<>();

  private long capacity = Long.MAX_VALUE;
  private int failingForces;
  private @Nullable Random kept;
  private int allowedForces = Integer.MAX_VALUE;
  private int heldForces;
  private int failingWrites;
  private String fixed = "";
  private @Nullable Error fault;
  private boolean dead;

  /** A change of a file that is not forced yet. */
  private static final class Change {
    final long offset;
    final byte[] bytes;

    Change(long offset, byte[] bytes) {
      this.offset = offset;
      this.bytes = bytes;
    }

    static Change truncation(long size) {
      return new Change(size, new byte[0]);
    }

    boolean isTruncation() {
      return bytes.length == 0;
    }
  }

  private static final class Content {
    byte[] now = new byte[0];
    byte[] mapped = new byte[0];
    byte[] durable = new byte[0];
    final List<Change> pending = new ArrayList<>();

    Content copy() {
      Content copy = new Content();
      copy.now = now;
      copy.durable = durable;
      copy.pending.addAll(pending);
      return copy;
    }
  }

  /** How many bytes all files together may have from now on. */
  public synchronized void limitCapacity(long bytes) {
    capacity = bytes;
  }

  public synchronized void failForces(int count) {
    failingForces = count;
    kept = null;
  }

  /** The same, but any sectors of what the failing ones were to force get to the disk. */
  public synchronized void failForces(int count, Random sectors) {
    failingForces = count;
    kept = sectors;
  }

  /** Lets so many forces from now on do their work; others wait. */
  public synchronized void allowForces(int count) {
    allowedForces = count;
    notifyAll();
  }

  /** Whether somebody waits for a force that is not allowed. */
  public synchronized boolean isForceHeld() {
    return heldForces > allowedForces;
  }

  /** What the next force throws; what was written is not forced then. */
  public synchronized void failForce(Error error) {
    fault = error;
  }

  public synchronized void failWrites(int count) {
    failingWrites = count;
  }

  /** A file that cannot be renamed, and no other. */
  public synchronized void failRenamesOf(String name) {
    fixed = name;
  }

  public synchronized long usedBytes() {
    return names.values().stream().mapToLong(c -> c.now.length).sum();
  }

  public synchronized byte[] contentOf(String name) {
    return names.get(name).now.clone();
  }

  public synchronized void setContent(String name, byte[] bytes) {
    Content content = names.computeIfAbsent(name, n -> new Content());
    content.now = bytes.clone();
    content.durable = bytes.clone();
    content.pending.clear();
    forceNames();
  }

  private void forceNames() {
    durableNames = new TreeMap<>(names);
    pendingNames.clear();
  }

  private void changedNames() {
    pendingNames.add(new TreeMap<>(names));
  }

  /** What whoever mapped the file last sees of it; it may be changed. */
  public synchronized byte[] mapped(String name) {
    return names.get(name).mapped;
  }

  /** Turns one bit of a file over. */
  public synchronized void flipBit(String name, long bit) {
    byte[] bytes = contentOf(name);
    bytes[(int) (bit >>> 3)] ^= (byte) (1 << (bit & 7));
    setContent(name, bytes);
  }

  /** What the process wrote, as the kill of a process leaves it; this disk then answers nothing. */
  public synchronized MemoryLogFiles kill() {
    die();
    MemoryLogFiles after = new MemoryLogFiles();
    names.forEach((name, content) -> after.setContent(name, content.now));
    return after;
  }

  /** The same, but what was not forced may be lost by a power cut later. */
  public synchronized MemoryLogFiles killUnforced() {
    die();
    MemoryLogFiles after = new MemoryLogFiles();
    names.forEach((name, content) -> after.names.put(name, content.copy()));
    after.forceNames();
    return after;
  }

  /** What is left after a power cut; this disk then answers nothing any more. */
  public synchronized MemoryLogFiles cutPower(Random random) {
    die();
    MemoryLogFiles after = new MemoryLogFiles();
    int survived = random.nextInt(pendingNames.size() + 1);
    Map<String, Content> left = survived == 0 ? durableNames : pendingNames.get(survived - 1);
    left.forEach((name, content) -> {
      byte[] bytes = content.durable;
      for (Change change : content.pending) {
        bytes =
            switch (random.nextInt(4)) {
              case 0 -> bytes;
              case 1 -> applied(bytes, change, change.bytes.length);
              case 2 -> withSectors(bytes, change, random);
              default ->
                  change.isTruncation()
                      ? bytes
                      : applied(bytes, change, random.nextInt(change.bytes.length));
            };
      }
      after.setContent(name, bytes);
    });
    return after;
  }

  private void die() {
    dead = true;
    notifyAll();
  }

  /** A change of which the disk keeps some sectors, and of each as much as it takes at once. */
  private static byte[] withSectors(byte[] bytes, Change change, Random random) {
    int size = bytes.length;
    int offset = (int) change.offset;
    byte[] result = Arrays.copyOf(bytes, Math.max(size, offset + change.bytes.length));
    int from = 0;
    while (from < change.bytes.length) {
      int at = offset + from;
      int to = Math.min(change.bytes.length, from + SECTOR_BYTES - at % SECTOR_BYTES);
      if (random.nextBoolean()) {
        System.arraycopy(change.bytes, from, result, at, to - from);
        size = Math.max(size, offset + to);
      }
      from = to;
    }
    return Arrays.copyOf(result, size);
  }

  private static byte[] applied(byte[] bytes, Change change, int length) {
    if (change.isTruncation()) {
      return Arrays.copyOf(bytes, (int) Math.min(change.offset, bytes.length));
    }
    byte[] result =
        change.offset + length > bytes.length
            ? Arrays.copyOf(bytes, (int) change.offset + length)
            : bytes.clone();
    System.arraycopy(change.bytes, 0, result, (int) change.offset, length);
    return result;
  }

  /**
   * Ends the threads of one whose disk answers nothing any more; where there is nothing to do for
   * it, that is no matter.
   */
  public static void closeDead(Closeable dead) {
    try {
      dead.close();
    } catch (IOException e) {
      if (!POWER_CUT.equals(e.getMessage())) {
        throw new AssertionError(e);
      }
    }
  }

  private void checkAlive() throws IOException {
    if (dead) {
      throw new IOException(POWER_CUT);
    }
  }

  @Override
  public synchronized List<String> list() throws IOException {
    checkAlive();
    return List.copyOf(names.keySet());
  }

  @Override
  public synchronized LogFile create(String name) throws IOException {
    checkAlive();
    names.put(name, new Content());
    changedNames();
    return new MemoryLogFile(names.get(name));
  }

  @Override
  public synchronized LogFile open(String name) throws IOException {
    checkAlive();
    Content content = names.get(name);
    if (content == null) {
      throw new FileNotFoundException(name);
    }
    return new MemoryLogFile(content);
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    checkAlive();
    if (from.equals(fixed)) {
      throw new IOException("Input/output error");
    }
    Content content = names.remove(from);
    if (content == null) {
      throw new FileNotFoundException(from);
    }
    names.put(to, content);
    changedNames();
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    checkAlive();
    if (names.remove(name) != null) {
      changedNames();
    }
  }

  @Override
  public synchronized void forceDirectory() throws IOException {
    checkAlive();
    forceNames();
  }

  @Override
  public String describe(String name) {
    return "memory/" + name;
  }

  private final class MemoryLogFile implements LogFile {
    private final Content content;

    MemoryLogFile(Content content) {
      this.content = content;
    }

    @Override
    public void write(ByteBuffer bytes, long offset) throws IOException {
      synchronized (MemoryLogFiles.this) {
        checkAlive();
        byte[] data = new byte[bytes.remaining()];
        bytes.get(data);
        if (data.length == 0) {
          return;
        }
        long growth = Math.max(0, offset + data.length - content.now.length);
        boolean full = usedBytes() + growth > capacity;
        boolean broken = failingWrites > 0;
        if (full || broken) { // a part arrives, as on a real disk
          int part = data.length / 2;
          if (part > 0 && usedBytes() + growth / 2 <= capacity) {
            change(new Change(offset, Arrays.copyOf(data, part)));
          }
          failingWrites -= broken ? 1 : 0;
          throw new IOException(full ? "No space left on device" : "Input/output error");
        }
        change(new Change(offset, data));
      }
    }

    @Override
    public MemorySegment map() throws IOException {
      synchronized (MemoryLogFiles.this) {
        checkAlive();
        content.mapped = content.now.clone();
        return MemorySegment.ofArray(content.mapped);
      }
    }

    private void change(Change change) {
      content.now = applied(content.now, change, change.bytes.length);
      content.pending.add(change);
    }

    @Override
    public int read(ByteBuffer into, long offset) throws IOException {
      synchronized (MemoryLogFiles.this) {
        checkAlive();
        int n = (int) Math.max(0, Math.min(into.remaining(), content.now.length - offset));
        into.put(content.now, (int) offset, n);
        return n;
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (MemoryLogFiles.this) {
        awaitTurn();
        checkAlive();
        Error thrown = fault;
        if (thrown != null) {
          fault = null;
          throw thrown;
        }
        if (failingForces > 0) {
          failingForces--;
          keepSectors();
          content.pending
              .clear(); // as Linux does: the pages count as clean now, and are not on disk
          throw new IOException("Input/output error");
        }
        byte[] bytes = content.durable;
        for (Change change : content.pending) {
          bytes = applied(bytes, change, change.bytes.length);
        }
        content.durable = bytes;
        content.pending.clear();
      }
    }

    private void awaitTurn() {
      heldForces++;
      while (allowedForces <= 0 && !dead) {
        try {
          MemoryLogFiles.this.wait();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      heldForces--;
      allowedForces--;
    }

    private void keepSectors() {
      Random random = kept;
      if (random != null) {
        for (Change change : content.pending) {
          content.durable = withSectors(content.durable, change, random);
        }
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (MemoryLogFiles.this) {
        checkAlive();
        change(Change.truncation(size));
        byte[] mapped = content.mapped;
        Arrays.fill(mapped, (int) Math.min(size, mapped.length), mapped.length, (byte) 0);
      }
    }

    @Override
    public long size() throws IOException {
      synchronized (MemoryLogFiles.this) {
        checkAlive();
        return content.now.length;
      }
    }

    @Override
    public void close() {}
  }
}
