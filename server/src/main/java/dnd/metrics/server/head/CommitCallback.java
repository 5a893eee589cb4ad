package dnd.metrics.server.head;

import dnd.metrics.server.wal.LogCallback;
import org.jspecify.annotations.Nullable;

/**
 * Learns when a batch is on disk. Called once, on the log's thread, which must not be held up: no
 * blocking, no long work. After {@link #failed} the batch is in memory and still to be written; a
 * retry under the same event id is answered once it is.
 */
public interface CommitCallback extends LogCallback {
  /**
   * The correlation id of the event that the batch was made of, for those who {@linkplain
   * Head#watch watch} its series; null where there is none. Asked for while it is committed.
   */
  default @Nullable String correlationId() {
    return null;
  }
}
