package dnd.metrics.server.rules.file;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A rule of a rule file. */
public sealed interface Rule {
  /** The alert's name, or the metric that is recorded. */
  String name();

  /** The PromQL query, as written. */
  String expr();

  /** What the file says, without the group's; an alert's values are templates. */
  Map<String, String> labels();

  /**
   * Alerts while a query has a result.
   *
   * @param holdDuration how long it must have one before the alert fires ({@code for})
   * @param keepFiringFor how long the alert goes on after that
   * @param annotations templates
   */
  record AlertingRule(
      String name,
      String expr,
      Duration holdDuration,
      Duration keepFiringFor,
      Map<String, String> labels,
      Map<String, String> annotations)
      implements Rule {
    public AlertingRule {
      labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
      annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }
  }

  /**
   * Stores a query's result as series.
   *
   * @param record the metric's name
   */
  record RecordingRule(String record, String expr, Map<String, String> labels) implements Rule {
    public RecordingRule {
      labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }

    @Override
    public String name() {
      return record;
    }
  }
}
