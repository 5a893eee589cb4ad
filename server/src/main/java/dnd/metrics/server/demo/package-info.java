/** Simulated services of a D&D platform, and this machine's own figures, as senders of metrics. */
@NullMarked
package dnd.metrics.server.demo;

import org.jspecify.annotations.NullMarked;
