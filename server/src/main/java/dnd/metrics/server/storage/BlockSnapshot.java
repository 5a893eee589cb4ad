package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The blocks that are read from one change of them to the next. It holds each of them open. It is
 * held by {@link Blocks} while it is the current one, and by every query that began with it; after
 * the last {@link #release} it lets its blocks go. Safe for use by several threads.
 */
final class BlockSnapshot {
  private final List<Block> blocks;
  private final AtomicInteger holders = new AtomicInteger(1);
  private final CompletableFuture<Void> released = new CompletableFuture<>();

  /** Done when nobody holds this one or one before it. */
  private final CompletableFuture<Void> unused;

  /**
   * @param blocks open ones, by their beginning; they are held from here on
   * @param before what earlier snapshots are done with
   */
  BlockSnapshot(List<Block> blocks, CompletableFuture<Void> before) {
    this.blocks = List.copyOf(blocks);
    this.unused = before.isDone() ? released : CompletableFuture.allOf(before, released);
    for (Block block : blocks) {
      if (!block.hold()) {
        throw new IllegalStateException("block " + block.meta().ulid() + " is closed");
      }
    }
  }

  List<Block> blocks() {
    return blocks;
  }

  /** When the first of them begins; the largest long where there is none. */
  long oldestMillis() {
    return blocks.isEmpty() ? Long.MAX_VALUE : blocks.getFirst().meta().minMillis();
  }

  /** Those that may have samples between two times, by their beginning. */
  List<Block> overlapping(long fromMillis, long toMillis) {
    List<Block> found = new ArrayList<>();
    for (Block block : blocks) {
      if (block.meta().overlaps(fromMillis, toMillis)) {
        found.add(block);
      }
    }
    return found;
  }

  /** False where it is released already: there is a newer one then. */
  boolean hold() {
    int n;
    do {
      n = holders.get();
      if (n == 0) {
        return false;
      }
    } while (!holders.compareAndSet(n, n + 1));
    return true;
  }

  void release() {
    if (holders.decrementAndGet() == 0) {
      blocks.forEach(Block::release);
      released.complete(null);
    }
  }

  CompletableFuture<Void> unused() {
    return unused;
  }
}
