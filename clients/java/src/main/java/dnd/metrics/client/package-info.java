/**
 * The Java client of dnd-metrics: counts in the process, pushes over the Message Hub, asks PromQL.
 *
 * <p>Begin at {@link dnd.metrics.client.MetricsClient}.
 */
@NullMarked
package dnd.metrics.client;

import org.jspecify.annotations.NullMarked;
