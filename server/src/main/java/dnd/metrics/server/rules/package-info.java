/**
 * Rules at work: groups are evaluated at their interval and at once when samples arrive that they
 * read; alerts go from pending to firing to resolved; recording rules write series. The core
 * ({@link dnd.metrics.server.rules.GroupEvaluator} and below) is pure: states and times in, states
 * and changes out.
 */
@NullMarked
package dnd.metrics.server.rules;

import org.jspecify.annotations.NullMarked;
