/** The program as a whole: its configuration, and how its parts are put together. */
@NullMarked
package dnd.metrics.server;

import org.jspecify.annotations.NullMarked;
