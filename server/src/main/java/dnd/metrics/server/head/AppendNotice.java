package dnd.metrics.server.head;

import dnd.metrics.server.wal.LogCallback;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Answers for a batch that touched watched series: at once to whoever waits for the batch, and to
 * the watches together with the other batches of the same force.
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares notices
record AppendNotice(
    LogCallback waiting,
    WatchCalls calls,
    WatchGroup[] watches,
    SenderId sender,
    @Nullable String correlationId,
    long oldestMillis,
    long newestMillis)
    implements LogCallback {
  @Override
  public void committed() {
    calls.add(watches, sender, correlationId, oldestMillis, newestMillis);
    waiting.committed();
  }

  @Override
  public void failed(IOException reason) {
    waiting.failed(reason);
  }
}
