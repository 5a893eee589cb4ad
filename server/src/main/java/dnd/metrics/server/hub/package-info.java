/** The Message Hub as the service sees it: publish, subscribe, reply. */
@NullMarked
package dnd.metrics.server.hub;

import org.jspecify.annotations.NullMarked;
