package dnd.metrics.server.head;

import dnd.metrics.server.wal.LogCallback;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers for a batch that touched watched series: first to whoever waits for the batch, then to
 * the watches.
 */
record AppendNotice(
    LogCallback waiting,
    List<SeriesWatch> watches,
    SenderId sender,
    @Nullable String correlationId,
    long oldestMillis,
    long newestMillis)
    implements LogCallback {
  @Override
  public void committed() {
    try {
      waiting.committed();
    } finally {
      for (SeriesWatch watch : watches) {
        watch.appended(sender, correlationId, oldestMillis, newestMillis);
      }
    }
  }

  @Override
  public void failed(IOException reason) {
    waiting.failed(reason);
  }
}
