/**
 * The bridge to the Prometheus client for Java. Its classes need {@code
 * io.prometheus:prometheus-metrics-model}, which who has a registry has.
 */
@NullMarked
package dnd.metrics.client.prometheus;

import org.jspecify.annotations.NullMarked;
