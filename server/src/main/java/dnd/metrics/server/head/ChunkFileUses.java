package dnd.metrics.server.head;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How many chunks of which files a checkpoint speaks of. For one thread. */
final class ChunkFileUses {
  private final IdentityHashMap<ChunkFile, Use> uses = new IdentityHashMap<>();

  /** The file that was counted last, which mostly comes again. */
  private @Nullable Use last;

  private static final class Use {
    final ChunkFile file;
    int count;

    Use(ChunkFile file) {
      this.file = file;
    }
  }

  /** A chunk of that file. */
  void add(ChunkFile file) {
    Use use = last;
    if (use == null || use.file != file) {
      use = uses.computeIfAbsent(file, Use::new);
      last = use;
    }
    use.count++;
  }

  /** All of them, by number. */
  List<ChunkFileUse> all() {
    return uses.values().stream()
        .map(use -> new ChunkFileUse(use.file.number(), use.file.bytes(), use.count))
        .sorted(Comparator.comparingInt(ChunkFileUse::number))
        .toList();
  }

  /** The body of a frame. */
  void write(CheckpointBytes out) {
    out.unsigned(uses.size());
    for (ChunkFileUse use : all()) {
      out.unsigned(use.number());
      out.unsigned(use.bytes());
      out.unsigned(use.chunks());
    }
  }

  /** What {@link #write} wrote. */
  static List<ChunkFileUse> read(CheckpointCursor in) {
    List<ChunkFileUse> all = new ArrayList<>();
    for (int n = in.count(); n > 0; n--) {
      all.add(new ChunkFileUse(in.count(), in.unsigned(), in.count()));
    }
    return all;
  }
}
