/** Answers and events as text for a terminal: tables, CSV, JSON, graphs. */
@NullMarked
package dnd.metrics.server.terminal;

import org.jspecify.annotations.NullMarked;
