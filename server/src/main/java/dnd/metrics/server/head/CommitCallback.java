package dnd.metrics.server.head;

import dnd.metrics.server.wal.LogCallback;

/**
 * Learns when a batch is on disk. Called once, on the log's thread, which must not be held up: no
 * blocking, no long work. After {@link #failed} the batch is in memory and still to be written; a
 * retry under the same event id is answered once it is.
 */
public interface CommitCallback extends LogCallback {}
