/** Prometheus's text exposition format and OpenMetrics text, as metrics to push. */
@NullMarked
package dnd.metrics.server.exposition;

import org.jspecify.annotations.NullMarked;
