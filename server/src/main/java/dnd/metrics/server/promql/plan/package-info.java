/** Query plans: immutable trees that print as text, and the rewrites between them. */
@NullMarked
package dnd.metrics.server.promql.plan;

import org.jspecify.annotations.NullMarked;
