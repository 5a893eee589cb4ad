package dnd.metrics.server.rules;

import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import dnd.metrics.server.rules.template.Template;
import dnd.metrics.server.rules.template.TemplateData;
import dnd.metrics.server.rules.template.TemplateException;
import dnd.metrics.server.rules.template.TemplateQuery;
import dnd.metrics.server.rules.template.TemplateSample;
import java.util.Map;

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
    if (!text.contains("{{")) {
      return (sample, atMillis, query) -> text;
    }
    Template template;
    try {
      template = Template.forAlert(alert, text);
    } catch (TemplateException e) {
      String error = Template.unreadable(alert, e);
      return (sample, atMillis, query) -> error;
    }
    Map<String, String> externalLabels = defaults.externalLabels().toMap();
    return (sample, atMillis, query) ->
        template.expandOrError(
            new TemplateData(
                sample.labels().toMap(),
                externalLabels,
                defaults.externalUrl(),
                sample.value(),
                sample.histogram()),
            asked(query),
            atMillis);
  }

  private static TemplateQuery asked(RuleQuery query) {
    return (promql, atMillis) -> {
      try {
        return query.at(promql, atMillis).stream()
            .map(s -> new TemplateSample(s.labels(), s.value(), s.histogram()))
            .toList();
      } catch (QueryException e) {
        throw new TemplateException(String.valueOf(e.getMessage()));
      }
    };
  }
}
