/**
 * Go's text templates with Prometheus's functions, as the labels and annotations of alerts use
 * them. What a template prints, and the text of every error, are Go's. {@link
 * dnd.metrics.server.rules.template.Template} is the way in.
 */
@NullMarked
package dnd.metrics.server.rules.template;

import org.jspecify.annotations.NullMarked;
