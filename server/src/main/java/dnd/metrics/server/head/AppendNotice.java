package dnd.metrics.server.head;

import dnd.metrics.server.wal.LogCallback;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Answers for a batch that touched watched series: at once to whoever waits for the batch, and to
 * the watches together with the other batches of the same force. Where the batch cannot be written,
 * whoever waits hears that, and the watches hear of it when it was written after all.
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares notices
record AppendNotice(
    LogCallback waiting,
    Head head,
    WatchGroup[] watches,
    SenderId sender,
    @Nullable String correlationId,
    long oldestMillis,
    long newestMillis)
    implements LogCallback {
  @Override
  public void committed() {
    try {
      head.watchCalls().add(watches, sender, correlationId, oldestMillis, newestMillis);
    } finally {
      waiting.committed(); // also where memory is missing for the watches
    }
  }

  @Override
  public void failed(IOException reason) {
    waiting.failed(reason);
    head.tellOnceDurable(
        new AppendNotice(
            LogCallback.NOBODY, head, watches, sender, correlationId, oldestMillis, newestMillis));
  }
}
