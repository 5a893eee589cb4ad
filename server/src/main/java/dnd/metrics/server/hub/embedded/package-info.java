/** The hub in the JVM: a server of the NATS client protocol. */
@NullMarked
package dnd.metrics.server.hub.embedded;

import org.jspecify.annotations.NullMarked;
