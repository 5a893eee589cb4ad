/** The way in: push and report events to samples in the head, and their acknowledgements. */
@NullMarked
package dnd.metrics.server.ingest;

import org.jspecify.annotations.NullMarked;
