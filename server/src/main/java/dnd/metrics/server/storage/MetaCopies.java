package dnd.metrics.server.storage;

import dnd.metrics.server.block.BlockFiles;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.Ulid;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the blocks of an object store say of themselves, on the local disk: a file {@code
 * metas/ULID} each. It is looked at only where the {@code meta.json} in the store cannot be read,
 * which no other copy of it would be left of otherwise. For one thread at a time.
 */
final class MetaCopies {
  static final String FOLDER = "metas";

  private static final Logger LOG = LoggerFactory.getLogger(MetaCopies.class);

  private final BlockFiles files;
  private final Set<Ulid> kept = new TreeSet<>();

  MetaCopies(BlockFiles files) throws IOException {
    this.files = files;
    if (!files.list("").contains(FOLDER)) {
      files.createFolder(FOLDER);
      files.forceFolder("");
    }
    for (String name : files.list(FOLDER)) {
      if (Ulid.isUlid(name)) {
        kept.add(Ulid.parse(name));
      } else {
        files.delete(path(name));
      }
    }
  }

  private static String path(String name) {
    return FOLDER + "/" + name;
  }

  /** What a block said of itself; empty where there is no copy, or none that can be read. */
  Optional<BlockMeta> get(Ulid ulid) throws IOException {
    if (!kept.contains(ulid)) {
      return Optional.empty();
    }
    String path = path(ulid.toString());
    try (Arena arena = Arena.ofConfined()) {
      BlockMeta meta = BlockMeta.read(files.map(path, arena).toArray(ValueLayout.JAVA_BYTE));
      if (meta.ulid().equals(ulid)) {
        return Optional.of(meta);
      }
      LOG.warn("{} is of block {}", files.describe(path), meta.ulid());
    } catch (IllegalArgumentException | NoSuchFileException e) {
      LOG.warn("{} cannot be read: {}", files.describe(path), e.getMessage());
    }
    return Optional.empty();
  }

  /** Keeps those of all blocks that are whole, and forgets those of which nothing is there. */
  void keep(ObjectListing there) throws IOException {
    boolean changed = false;
    for (BlockMeta meta : there.whole()) {
      if (!kept.contains(meta.ulid())) {
        files.replace(path(meta.ulid().toString()), meta.toJson());
        kept.add(meta.ulid());
        changed = true;
      }
    }
    for (Ulid ulid : Set.copyOf(kept)) {
      if (there.files(ulid).isEmpty()) {
        files.delete(path(ulid.toString()));
        kept.remove(ulid);
        changed = true;
      }
    }
    if (changed) {
      files.forceFolder(FOLDER);
    }
  }
}
