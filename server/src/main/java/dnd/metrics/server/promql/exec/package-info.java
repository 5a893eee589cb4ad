/** Operators that stream series by series over whole step arrays, and the engine that runs them. */
@NullMarked
package dnd.metrics.server.promql.exec;

import org.jspecify.annotations.NullMarked;
