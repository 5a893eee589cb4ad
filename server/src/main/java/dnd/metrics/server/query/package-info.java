/** Query and discovery events to answers. */
@NullMarked
package dnd.metrics.server.query;

import org.jspecify.annotations.NullMarked;
