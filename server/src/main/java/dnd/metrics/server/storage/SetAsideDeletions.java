package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockFiles;
import dnd.metrics.server.block.DamagedBlockException;
import dnd.metrics.server.block.Tombstones;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.UnreadableSamplesException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What is deleted of the blocks that are set aside. The copy of one in the object store, of which
 * nothing is deleted, is not read before the same is deleted of it. It is in the folders that are
 * set aside: where somebody removes one, nothing is deleted. Safe for use by several threads.
 */
final class SetAsideDeletions {
  private final Map<Ulid, Supplier<Tombstones>> known = new ConcurrentHashMap<>();

  /** Why what is deleted is not known. */
  private final Map<Ulid, String> unknown = new ConcurrentHashMap<>();

  /** A block that is about to be set aside; a deletion may be on its way in it. */
  void add(Block block) {
    known.put(block.meta().ulid(), block::tombstones);
  }

  /**
   * A block that is set aside.
   *
   * @param folder its name, which begins with the block's
   */
  void add(BlockFiles files, String folder) {
    String name = folder.substring(0, folder.indexOf('.'));
    if (!Ulid.isUlid(name)) {
      return;
    }
    Ulid ulid = Ulid.parse(name);
    try {
      Tombstones deleted = Tombstones.read(files, folder);
      known.merge(ulid, () -> deleted, (before, more) -> () -> before.get().with(more.get()));
    } catch (IOException | DamagedBlockException e) {
      unknown.put(
          ulid,
          "what is deleted of it is not known ("
              + e.getMessage()
              + "); where "
              + files.describe(folder)
              + " is removed before a start, it is read with all that it has");
    }
  }

  /** Whether something is deleted of such a block, or that is not known. */
  boolean has(Ulid ulid) {
    return isUnknown(ulid) || known.getOrDefault(ulid, () -> Tombstones.NONE).get().size() > 0;
  }

  boolean isUnknown(Ulid ulid) {
    return unknown.containsKey(ulid);
  }

  /**
   * Does nothing where the copy in the object store may be read.
   *
   * @throws UnreadableSamplesException otherwise
   */
  void check(Ulid ulid) {
    checkKnown(ulid);
    if (has(ulid)) {
      throw unreadable(ulid, "what is deleted of it is deleted of that copy first");
    }
  }

  /**
   * Does nothing where it is known what is deleted.
   *
   * @throws UnreadableSamplesException otherwise
   */
  void checkKnown(Ulid ulid) {
    String reason = unknown.get(ulid);
    if (reason != null) {
      throw unreadable(ulid, reason);
    }
  }

  private static UnreadableSamplesException unreadable(Ulid ulid, String reason) {
    return new UnreadableSamplesException(
        "block " + ulid + " is damaged here and not read from the object store: " + reason);
  }

  /** Deletes the same of a copy, of which it is known. */
  void deleteOf(Block copy) throws IOException {
    Supplier<Tombstones> deleted = known.get(copy.meta().ulid());
    if (deleted != null) {
      copy.delete(deleted.get());
    }
  }
}
