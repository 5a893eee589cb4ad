/** What is announced of alerts, when, and exactly once: routes, groups, inhibition and silences. */
@NullMarked
package dnd.metrics.server.announce;

import org.jspecify.annotations.NullMarked;
