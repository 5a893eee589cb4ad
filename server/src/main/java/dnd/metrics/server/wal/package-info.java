/** The write-ahead log: records, segments, group commit, replay. */
@NullMarked
package dnd.metrics.server.wal;

import org.jspecify.annotations.NullMarked;
