/** Dashboards as Perses resources: checked, kept with their history, announced when they change. */
@NullMarked
package dnd.metrics.server.dashboards;

import org.jspecify.annotations.NullMarked;
