/**
 * Compressed runs of samples: XOR for floats, delta-of-delta for native histograms, in Prometheus's
 * chunk formats.
 */
@NullMarked
package dnd.metrics.server.chunk;

import org.jspecify.annotations.NullMarked;
