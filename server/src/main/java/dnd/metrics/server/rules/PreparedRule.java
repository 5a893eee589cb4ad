package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.rules.file.Rule;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A rule made ready to be evaluated. Immutable. */
public sealed interface PreparedRule {
  /** As the file has it. */
  Rule rule();

  /** Its query. */
  Expr expr();

  /** The rule's labels and those of its group that it does not override. */
  Labels labels();

  default String name() {
    return rule().name();
  }

  /** One that alerts while its query has a result. */
  record Alerting(Rule.AlertingRule rule, Expr expr, AlertDefinition definition)
      implements PreparedRule {
    @Override
    public Labels labels() {
      return definition.labelTexts();
    }
  }

  /** One that stores its query's result as series. */
  record Recording(Rule.RecordingRule rule, Expr expr, Map<String, String> labelTexts)
      implements PreparedRule {
    public Recording {
      labelTexts = Collections.unmodifiableMap(new LinkedHashMap<>(labelTexts));
    }

    @Override
    public Labels labels() {
      return Labels.of(labelTexts);
    }
  }
}
