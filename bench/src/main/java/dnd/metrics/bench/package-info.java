/** Benchmarks: end-to-end loads over the hub, and JMH. */
@NullMarked
package dnd.metrics.bench;

import org.jspecify.annotations.NullMarked;
