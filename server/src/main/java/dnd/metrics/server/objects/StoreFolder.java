package dnd.metrics.server.objects;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The objects of a store whose names begin with a folder's, as a store of its own. Closing it does
 * not close that store.
 *
 * @param folder with {@code /} at its end
 */
public record StoreFolder(ObjectStore store, String folder) implements ObjectStore {
  public StoreFolder {
    if (!folder.endsWith("/")) {
      throw new IllegalArgumentException("no folder: " + folder);
    }
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    return in(folder, store.list(folder + prefix));
  }

  /** Those of some objects whose names begin with a folder's, without that. */
  public static List<StoredObject> in(String folder, List<StoredObject> objects) {
    return objects.stream()
        .filter(each -> each.name().startsWith(folder))
        .map(each -> new StoredObject(each.name().substring(folder.length()), each.byteSize()))
        .toList();
  }

  private String name(String name) {
    ObjectNames.check(name);
    return folder + name;
  }

  @Override
  public void put(String name, MemorySegment content) throws IOException {
    store.put(name(name), content);
  }

  @Override
  public boolean holds(String name, MemorySegment content) throws IOException {
    return store.holds(name(name), content);
  }

  @Override
  public InputStream read(String name) throws IOException {
    return store.read(name(name));
  }

  @Override
  public byte[] read(String name, long offset, int length) throws IOException {
    return store.read(name(name), offset, length);
  }

  @Override
  public void delete(String name) throws IOException {
    store.delete(name(name));
  }

  @Override
  public String describe() {
    return store.describe() + ": " + folder;
  }

  @Override
  public void close() {}
}
