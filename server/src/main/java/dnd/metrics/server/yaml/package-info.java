/** YAML read strictly: what is wrong is told with its line, and what was probably meant. */
@NullMarked
package dnd.metrics.server.yaml;

import org.jspecify.annotations.NullMarked;
