/** The inverted index from label pairs to series, on compressed bitmaps. */
@NullMarked
package dnd.metrics.server.index;

import org.jspecify.annotations.NullMarked;
