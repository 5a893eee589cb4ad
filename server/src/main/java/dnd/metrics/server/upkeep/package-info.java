/**
 * Work that is done again and again, on a thread that an error does not end; and what such threads
 * log.
 */
@NullMarked
package dnd.metrics.server.upkeep;

import org.jspecify.annotations.NullMarked;
