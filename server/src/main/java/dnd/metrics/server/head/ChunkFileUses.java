package dnd.metrics.server.head;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** How many chunks of which files a checkpoint speaks of. For one thread. */
final class ChunkFileUses {
  private final TreeMap<Integer, Use> uses = new TreeMap<>();

  /** The file that was counted last, which mostly comes again. */
  private Use last = new Use(new ChunkFileUse(0, 0, 0));

  private static final class Use {
    final ChunkFileUse begin;
    int count;

    Use(ChunkFileUse begin) {
      this.begin = begin;
    }
  }

  /** A chunk of that file. */
  void add(ChunkFile file) {
    if (last.begin.number() != file.number()) {
      last =
          uses.computeIfAbsent(file.number(), n -> new Use(new ChunkFileUse(n, file.bytes(), 0)));
    }
    last.count++;
  }

  /** All of them, by number. */
  List<ChunkFileUse> all() {
    List<ChunkFileUse> all = new ArrayList<>(uses.size());
    uses.values()
        .forEach(
            use -> all.add(new ChunkFileUse(use.begin.number(), use.begin.bytes(), use.count)));
    return all;
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
