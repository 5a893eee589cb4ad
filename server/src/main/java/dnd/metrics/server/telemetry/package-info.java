/** The service's own metrics, reported as everybody's are. */
@NullMarked
package dnd.metrics.server.telemetry;

import org.jspecify.annotations.NullMarked;
