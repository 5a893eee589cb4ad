/** The storage service's tables: what must last and is no sample. */
@NullMarked
package dnd.metrics.server.database;

import org.jspecify.annotations.NullMarked;
