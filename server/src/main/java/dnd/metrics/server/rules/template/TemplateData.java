package dnd.metrics.server.rules.template;

import dnd.metrics.server.model.Histogram;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an alert's template is about.
 *
 * @param labels of the sample, the metric's name included
 * @param externalLabels of this service
 * @param externalUrl of this service, empty where it has none
 * @param value of the sample; to be used where there is no histogram
 */
public record TemplateData(
    Map<String, String> labels,
    Map<String, String> externalLabels,
    String externalUrl,
    double value,
    @Nullable Histogram histogram) {
  public TemplateData {
    labels = Map.copyOf(labels);
    externalLabels = Map.copyOf(externalLabels);
  }
}
