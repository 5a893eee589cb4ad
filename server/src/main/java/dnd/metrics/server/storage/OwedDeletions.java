package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockFiles;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.UnreadableSamplesException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What was deleted and an object store may have still, until it has it no more: a file {@code
 * owed/NUMBER} each. While local blocks hide it nobody reads that; where one of them turns out to
 * be damaged, what is in the store in its place is not read before the same is deleted of it. Safe
 * for use by several threads.
 */
final class OwedDeletions {
  static final String FOLDER = "owed";

  private final BlockFiles files;
  private final Map<Long, OwedDeletion> all = new ConcurrentHashMap<>();

  /** Why it is not known what was deleted; null where it is. */
  private volatile @Nullable String problem;

  /** Whether there was need of it: a block is damaged. */
  private volatile boolean needed;

  /** The number of the newest. */
  private long newest;

  /**
   * @param report is told of a file that cannot be read
   */
  OwedDeletions(BlockFiles files, Consumer<String> report) throws IOException {
    this.files = files;
    if (!files.list("").contains(FOLDER)) {
      return;
    }
    for (String name : files.list(FOLDER)) {
      String path = FOLDER + "/" + name;
      if (name.endsWith(BlockFiles.PARTIAL_SUFFIX)) {
        files.delete(path);
        continue;
      }
      try (Arena arena = Arena.ofConfined()) {
        long number = Long.parseLong(name);
        newest = Math.max(newest, number);
        all.put(number, OwedDeletion.read(files.map(path, arena).toArray(ValueLayout.JAVA_BYTE)));
      } catch (IllegalArgumentException e) {
        problem =
            files.describe(path)
                + ": "
                + e.getMessage()
                + "; where it is removed before a start, what it says is read again where the"
                + " object store has it";
        report.accept(problem + ", if the block that replaced that is damaged");
      }
    }
  }

  /** A block is damaged, here or in the store: what is in the store is not hidden any more. */
  void setNeeded() {
    needed = true;
  }

  /** Remembers one; when this returns it would survive a power cut. */
  synchronized void add(OwedDeletion owed) throws IOException {
    if (!files.list("").contains(FOLDER)) {
      files.createFolder(FOLDER);
      files.forceFolder("");
    }
    long number = ++newest;
    files.replace(FOLDER + "/" + number, owed.encoded());
    files.forceFolder(FOLDER);
    all.put(number, owed);
  }

  /** Whether something is deleted of a block in the store, or that is not known. */
  boolean has(BlockMeta block) {
    return isUnknown() || !of(block).isEmpty();
  }

  /** Those that may concern a block in the store. */
  List<OwedDeletion> of(BlockMeta block) {
    return all.values().stream().filter(each -> each.concerns(block)).toList();
  }

  boolean isUnknown() {
    return needed && problem != null;
  }

  /**
   * Does nothing where the copy in the object store may be read.
   *
   * @throws UnreadableSamplesException otherwise
   */
  void check(BlockMeta block) {
    checkKnown(block.ulid());
    if (has(block)) {
      throw unreadable(block.ulid(), "what is deleted of it is deleted of that copy first");
    }
  }

  /**
   * Does nothing where it is known what is deleted.
   *
   * @throws UnreadableSamplesException otherwise
   */
  void checkKnown(Ulid block) {
    if (isUnknown()) {
      throw unreadable(block, "what is deleted of it is not known: " + problem);
    }
  }

  private static UnreadableSamplesException unreadable(Ulid ulid, String reason) {
    return new UnreadableSamplesException(
        "block " + ulid + " is not read from the object store: " + reason);
  }

  /** A block of the store has nothing of some of those: for their sake it may be read. */
  synchronized void settle(Ulid block, List<OwedDeletion> some) throws IOException {
    for (Map.Entry<Long, OwedDeletion> each : all.entrySet()) {
      if (some.contains(each.getValue())) {
        OwedDeletion settled = each.getValue().butNotOf(block);
        files.replace(FOLDER + "/" + each.getKey(), settled.encoded());
        files.forceFolder(FOLDER);
        each.setValue(settled);
      }
    }
  }

  /** Deletes the same of a block that came from there. */
  void deleteOf(Block copy) throws IOException {
    for (OwedDeletion each : of(copy.meta())) {
      copy.delete(each.deletion());
    }
  }

  /** Forgets those of which the store has nothing any more. */
  synchronized void forgetBut(ObjectListing there) throws IOException {
    boolean changed = false;
    for (Map.Entry<Long, OwedDeletion> each : Map.copyOf(all).entrySet()) {
      if (!isOwed(each.getValue(), there)) {
        files.delete(FOLDER + "/" + each.getKey());
        all.remove(each.getKey());
        changed = true;
      }
    }
    if (changed) {
      files.forceFolder(FOLDER);
    }
  }

  private static boolean isOwed(OwedDeletion owed, ObjectListing there) {
    return there.whole().stream().anyMatch(owed::concerns)
        || there.all().stream().anyMatch(ulid -> !there.isWhole(ulid) && owed.mayConcern(ulid));
  }
}
