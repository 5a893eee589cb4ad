package dnd.metrics.server.rules.template;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import org.jspecify.annotations.Nullable;

/**
 * One element of what a query in a template answers.
 *
 * @param value to be used where there is no histogram
 */
public record TemplateSample(Labels labels, double value, @Nullable Histogram histogram) {}
