/** Event records and codecs: what the server, the clients and the gateway share. */
@NullMarked
package dnd.metrics.events;

import org.jspecify.annotations.NullMarked;
