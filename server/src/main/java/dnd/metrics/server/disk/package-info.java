/** How the disk is shared between the write-ahead log and the large files beside it. */
@NullMarked
package dnd.metrics.server.disk;

import org.jspecify.annotations.NullMarked;
