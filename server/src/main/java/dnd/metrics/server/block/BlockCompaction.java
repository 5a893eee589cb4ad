package dnd.metrics.server.block;

import java.util.List;

/**
 * Where a block comes from.
 *
 * @param level 1 for a block cut from the head; else how often its oldest parts were compacted,
 *     plus one
 * @param sources the blocks cut from the head that it was made of, itself where it is one
 * @param parents the blocks that it was made of directly
 * @param hints {@link #FROM_OUT_OF_ORDER}, and what other programs wrote
 */
public record BlockCompaction(
    int level, List<Ulid> sources, List<BlockReference> parents, List<String> hints) {
  /** The hint of a block whose samples came late. */
  public static final String FROM_OUT_OF_ORDER = "from-out-of-order";

  public BlockCompaction {
    sources = List.copyOf(sources);
    parents = List.copyOf(parents);
    hints = List.copyOf(hints);
  }
}
