package dnd.metrics.server.query;

import dnd.metrics.server.promql.exec.HeldMemory;
import dnd.metrics.server.promql.exec.QueryResult;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer of a live query on its way to all that waited for it. Since a reader may be slow,
 * each is sent it on a thread of its own. Its memory is held until the last of them was.
 */
final class WholeAnswer {
  private final @Nullable QueryResult result;
  private final List<LiveAsker> askers;
  private final HeldMemory memory;
  private final AtomicInteger unsent;

  /**
   * @param result null where there is none, for nobody then
   * @param memory what the result is held in, closed when it was sent
   */
  WholeAnswer(@Nullable QueryResult result, List<LiveAsker> askers, HeldMemory memory) {
    this.result = result;
    this.askers = List.copyOf(askers);
    this.memory = memory;
    this.unsent = new AtomicInteger(this.askers.size());
    if (this.askers.isEmpty()) {
      memory.close();
    }
  }

  /** Sends it to all; to one of them on this thread. */
  void send(QueryThreads threads) {
    QueryResult whole = result;
    if (whole == null || askers.isEmpty()) {
      return;
    }
    for (LiveAsker asker : askers.subList(1, askers.size())) {
      if (!threads.submit(() -> sendTo(asker, whole))) {
        asker.postpone();
        sent();
      }
    }
    sendTo(askers.getFirst(), whole);
  }

  private void sendTo(LiveAsker asker, QueryResult whole) {
    try {
      asker.answer(whole);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      asker.end(LiveFault.of(e, asker.event().query()));
    } finally {
      sent();
    }
  }

  private void sent() {
    if (unsent.decrementAndGet() == 0) {
      memory.close();
    }
  }
}
