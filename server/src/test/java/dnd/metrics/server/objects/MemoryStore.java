package dnd.metrics.server.objects;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A store for tests, which fails at the step it is told. */
public final class MemoryStore implements ObjectStore {
  private final List<Integer> parts = new ArrayList<>();
  private final TreeMap<String, byte[]> objects = new TreeMap<>();
  private long stepsUntilFailure = Long.MAX_VALUE;
  private boolean failsForEver;
  private @Nullable Error error;
  private String unreadable = "";
  private Runnable atTransfer = () -> {};
  private long steps;
  private long puts;

  /** Lets the call after {@code steps} more fail, and all behind it where it is for ever. */
  public synchronized void failAfter(long more, boolean forEver) {
    stepsUntilFailure = more;
    failsForEver = forEver;
  }

  /** Lets the next call end in an error. */
  public synchronized void failWith(Error fault) {
    error = fault;
  }

  /** Lets no object be read that has this name; the empty name for none. */
  public synchronized void failReadsOf(String name) {
    unreadable = name;
  }

  /** Does something first when the next object is put, or read as a whole. */
  public synchronized void atNextTransfer(Runnable action) {
    atTransfer = action;
  }

  public synchronized long steps() {
    return steps;
  }

  /** How many objects were put. */
  public synchronized long puts() {
    return puts;
  }

  /** Turns a bit of an object over. */
  public synchronized void flipBit(String name, int bit) {
    objects.get(name)[bit / 8] ^= (byte) (1 << bit % 8);
  }

  public synchronized byte[] contentOf(String name) {
    return objects.get(name).clone();
  }

  /** The names of all objects that end so. */
  public List<String> names(String suffix) throws IOException {
    return list("").stream().map(StoredObject::name).filter(name -> name.endsWith(suffix)).toList();
  }

  private void step() throws IOException {
    steps++;
    Error fault = error;
    if (fault != null) {
      error = null;
      throw fault;
    }
    if (stepsUntilFailure == 0) {
      if (!failsForEver) {
        stepsUntilFailure = Long.MAX_VALUE;
      }
      throw new IOException("the store is away");
    }
    stepsUntilFailure--;
  }

  @Override
  public synchronized List<StoredObject> list(String prefix) throws IOException {
    step();
    return objects.entrySet().stream()
        .filter(each -> each.getKey().startsWith(prefix))
        .map(each -> new StoredObject(each.getKey(), each.getValue().length))
        .toList();
  }

  @Override
  public void put(String name, MemorySegment content) throws IOException {
    ObjectNames.check(name);
    takeAtTransfer().run(); // others are served meanwhile
    putAtOnce(name, content);
  }

  private synchronized void putAtOnce(String name, MemorySegment content) throws IOException {
    step();
    puts++;
    objects.put(name, content.toArray(ValueLayout.JAVA_BYTE));
  }

  @Override
  public synchronized boolean holds(String name, MemorySegment content) throws IOException {
    step();
    byte[] there = objects.get(name);
    return there != null && MemorySegment.ofArray(there).mismatch(content) < 0;
  }

  @Override
  public InputStream read(String name) throws IOException {
    takeAtTransfer().run();
    return readAtOnce(name);
  }

  private synchronized Runnable takeAtTransfer() {
    Runnable action = atTransfer;
    atTransfer = () -> {};
    return action;
  }

  private synchronized InputStream readAtOnce(String name) throws IOException {
    step();
    if (name.equals(unreadable)) {
      throw new IOException(name + " is refused");
    }
    byte[] there = objects.get(name);
    if (there == null) {
      throw new NoSuchFileException(name);
    }
    return new ByteArrayInputStream(there);
  }

  @Override
  public synchronized byte[] read(String name, long offset, int length) throws IOException {
    step();
    byte[] there = objects.get(name);
    if (there == null) {
      throw new NoSuchFileException(name);
    }
    if (offset + length > there.length) {
      throw new IOException(name + " has no " + length + " bytes from " + offset + " on");
    }
    parts.add(length);
    return Arrays.copyOfRange(there, (int) offset, (int) offset + length);
  }

  /** How many bytes were read each time that a part of an object was. */
  public synchronized List<Integer> parts() {
    return List.copyOf(parts);
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    step();
    objects.remove(name);
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public void close() {}
}
