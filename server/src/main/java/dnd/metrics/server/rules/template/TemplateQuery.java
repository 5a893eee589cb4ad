package dnd.metrics.server.rules.template;

import java.util.List;

/** Answers the queries that a template asks. */
public interface TemplateQuery {
  /**
   * The instant vector that {@code promql} has at a time.
   *
   * @throws TemplateException where the query fails; its message becomes part of the template's
   *     error
   */
  List<TemplateSample> query(String promql, long atMillis) throws TemplateException;
}
