package dnd.metrics.server.rules;

import dnd.metrics.server.promql.exec.QueryValue.VectorSample;

/** The value of a label or an annotation of an alerting rule, which may be a template. */
@FunctionalInterface
interface AlertText {
  /**
   * The text for one sample of the rule's expression; where its template fails, the text says so,
   * as in Prometheus.
   */
  String expand(VectorSample sample, long atMillis, RuleQuery query);

  /** Makes a text ready. */
  static AlertText of(String alert, String text, RuleDefaults defaults) {
    return (sample, atMillis, query) -> text;
  }
}
