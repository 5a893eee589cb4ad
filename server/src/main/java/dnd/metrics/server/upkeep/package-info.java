/** Work that is done again and again, on a thread that an error does not end. */
@NullMarked
package dnd.metrics.server.upkeep;

import org.jspecify.annotations.NullMarked;
