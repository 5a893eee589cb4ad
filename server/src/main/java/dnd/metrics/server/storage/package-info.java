/**
 * Everything that was collected, as one source: the head and the blocks, and what becomes of them.
 */
@NullMarked
package dnd.metrics.server.storage;

import org.jspecify.annotations.NullMarked;
