/** What the service says of itself. */
@NullMarked
package dnd.metrics.server.status;

import org.jspecify.annotations.NullMarked;
