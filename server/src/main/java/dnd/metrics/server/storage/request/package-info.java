/** Events that delete samples, and that say how long samples are kept. */
@NullMarked
package dnd.metrics.server.storage.request;

import org.jspecify.annotations.NullMarked;
