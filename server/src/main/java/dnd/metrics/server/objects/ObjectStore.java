package dnd.metrics.server.objects;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A place for objects, which have names and bytes and are put whole. Names have {@code /} between
 * their parts, none of which is empty, {@code .} or {@code ..}. Safe for use by several threads, as
 * long as no two put or delete the same name at the same time.
 */
public interface ObjectStore extends Closeable {
  /** The objects whose names begin with {@code prefix}, by their names. */
  List<StoredObject> list(String prefix) throws IOException;

  /**
   * Puts an object, in the place of one of that name. When this returns it is there with exactly
   * these bytes, which the store has compared with a checksum of them, and would survive a power
   * cut; until then there is none, or the one before.
   *
   * @throws IOException where it could not be put, or the store may not have it
   */
  void put(String name, MemorySegment content) throws IOException;

  /** Whether an object is there with exactly these bytes, as far as size and checksum say. */
  boolean holds(String name, MemorySegment content) throws IOException;

  /**
   * An object's bytes, from first to last; the caller closes the stream, which fails where they are
   * not those that were put.
   *
   * @throws java.nio.file.NoSuchFileException where there is no such object
   */
  InputStream read(String name) throws IOException;

  /**
   * Some of an object's bytes. No checksum of the store's covers them.
   *
   * @throws java.nio.file.NoSuchFileException where there is no such object
   * @throws IOException also where it does not have all of these bytes
   */
  byte[] read(String name, long offset, int length) throws IOException;

  /** Removes an object; where there is none, nothing. */
  void delete(String name) throws IOException;

  /** How messages to people name the store, without secrets. */
  String describe();

  /**
   * Breaks off what is under way, as far as that can be: whoever waits for it gets an error. Doing
   * it again has no effect.
   */
  @Override
  void close() throws IOException;
}
