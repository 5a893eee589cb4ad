/** Backups: the tables and the metrics in files that every database can be filled from. */
@NullMarked
package dnd.metrics.server.backup;

import org.jspecify.annotations.NullMarked;
