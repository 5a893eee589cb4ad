/** The command line: every command but run is a hub client like any other. */
@NullMarked
package dnd.metrics.server.cli;

import org.jspecify.annotations.NullMarked;
