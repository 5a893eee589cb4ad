package dnd.metrics.server;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.rules.RuleDefaults;
import dnd.metrics.server.yaml.YamlMapping;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

/**
 * Reads {@code rules:} of the configuration: what Prometheus has in {@code global} and on its
 * command line for all groups of rules.
 */
record RulesConfigReader(Secrets environment) {
  RuleDefaults read(YamlMapping mapping) {
    RuleDefaults defaults = RuleDefaults.PROMETHEUS;
    long intervalMillis =
        mapping
            .duration("evaluation_interval")
            .map(Duration::toMillis)
            .orElse(defaults.intervalMillis());
    RuleDefaults read =
        new RuleDefaults(
            intervalMillis,
            mapping
                .durationOrZero("query_offset")
                .map(Duration::toMillis)
                .orElse(defaults.queryOffsetMillis()),
            mapping.mapping("external_labels").map(this::labels).orElse(defaults.externalLabels()),
            mapping.read("external_url", RulesConfigReader::url).orElse(defaults.externalUrl()));
    mapping.finish();
    return read;
  }

  private Labels labels(YamlMapping mapping) {
    Labels.Builder labels = Labels.builder();
    for (String name : mapping.keys()) {
      if (name.isEmpty() || name.equals(Labels.METRIC_NAME)) {
        mapping.problem(name, "'" + name + "' cannot be an external label");
      }
      mapping.read(name, environment::filledIn).ifPresent(value -> labels.set(name, value));
    }
    mapping.finish();
    return labels.build();
  }

  /** As Prometheus keeps {@code --web.external-url}: without a slash at its end. */
  private static String url(String text) {
    try {
      URI url = new URI(text);
      String scheme = String.valueOf(url.getScheme());
      if (url.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
        return text.replaceFirst("/+$", "");
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'" + text + "' is no URL: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException(
        "'" + text + "' is no URL such as https://metrics.example.org/prometheus");
  }
}
