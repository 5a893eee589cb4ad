package dnd.metrics.server.storage;

import dnd.metrics.server.block.BlockFiles;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.Ulid;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The blocks that are removed for good, without others in their place, and that may still be in the
 * object store: a file {@code removed/ULID} each, with their {@code meta.json}. So they do not come
 * back. Safe for use by several threads.
 */
final class RemovedBlocks {
  static final String FOLDER = "removed";

  private final BlockFiles files;
  private final Map<Ulid, BlockMeta> all = new ConcurrentHashMap<>();

  RemovedBlocks(BlockFiles files) throws IOException {
    this.files = files;
    if (!files.list("").contains(FOLDER)) {
      files.createFolder(FOLDER);
      files.forceFolder("");
    }
    for (String name : files.list(FOLDER)) {
      if (!Ulid.isUlid(name)) {
        files.delete(FOLDER + "/" + name);
        continue;
      }
      try (Arena arena = Arena.ofShared()) {
        byte[] json = files.map(FOLDER + "/" + name, arena).toArray(ValueLayout.JAVA_BYTE);
        all.put(Ulid.parse(name), BlockMeta.read(json));
      } catch (IllegalArgumentException e) {
        throw new IOException(files.describe(FOLDER + "/" + name) + ": " + e.getMessage(), e);
      }
    }
  }

  /** Adds some; when this returns it would survive a power cut. */
  synchronized void add(Collection<BlockMeta> removed) throws IOException {
    for (BlockMeta meta : removed) {
      files.replace(FOLDER + "/" + meta.ulid(), meta.toJson());
      all.put(meta.ulid(), meta);
    }
    files.forceFolder(FOLDER);
  }

  /** Whether a block is removed, or was made into one that is. */
  boolean has(BlockMeta meta) {
    for (BlockMeta removed : all.values()) {
      if (removed.ulid().equals(meta.ulid()) || meta.isReplacedBy(removed)) {
        return true;
      }
    }
    return false;
  }

  boolean has(Ulid ulid) {
    return all.containsKey(ulid);
  }

  /** Forgets all of which nothing is in the store any more. */
  synchronized void forgetBut(ObjectListing stillThere) throws IOException {
    List<Ulid> over = new ArrayList<>();
    for (BlockMeta removed : all.values()) {
      boolean isThere = !stillThere.files(removed.ulid()).isEmpty();
      for (BlockMeta meta : stillThere.whole()) {
        isThere |= meta.isReplacedBy(removed);
      }
      if (!isThere) {
        over.add(removed.ulid());
      }
    }
    for (Ulid ulid : over) {
      files.delete(FOLDER + "/" + ulid);
      all.remove(ulid);
    }
  }
}
