/**
 * Alertmanager's configuration: routes, inhibition, time intervals, and how matchers are written.
 */
@NullMarked
package dnd.metrics.server.announce.route;

import org.jspecify.annotations.NullMarked;
