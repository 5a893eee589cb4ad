package dnd.metrics.server.rules.template;

import java.util.Map;

/**
 * A template that was read: Go's text/template with the functions of Prometheus 3.14. Immutable;
 * safe for use by several threads.
 */
public final class Template {
  /** The longest text, in characters. */
  public static final int MAX_LENGTH = 1 << 20;

  /** What Prometheus puts in front of an alert's template; errors count it. */
  private static final String ALERT_VARIABLES =
      "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}"
          + "{{$externalURL := .ExternalURL}}{{$value := .Value}}";

  private final String name;
  private final String text;
  private final Map<String, Node.Sequence> definitions;

  private Template(String name, String text, Map<String, Node.Sequence> definitions) {
    this.name = name;
    this.text = text;
    this.definitions = Map.copyOf(definitions);
  }

  /**
   * Reads a template.
   *
   * @param name what errors call it
   * @throws TemplateException in Go's words: {@code template: name:1: unexpected ...}
   */
  public static Template parse(String name, String text) throws TemplateException {
    return new Template(name, text, TemplateParser.parse(name, text));
  }

  /**
   * Reads the template of a label or an annotation of an alert, with the variables that Prometheus
   * gives it: {@code $labels}, {@code $value}, {@code $externalLabels}, {@code $externalURL}.
   *
   * @throws TemplateException as {@link #parse}
   */
  public static Template forAlert(String alert, String text) throws TemplateException {
    return parse("__alert_" + alert, ALERT_VARIABLES + text);
  }

  /**
   * What the template prints.
   *
   * @param nowMillis the time of the evaluation
   * @throws TemplateException in Prometheus's words: {@code error executing template name: ...}
   */
  public String expand(TemplateData data, TemplateQuery query, long nowMillis)
      throws TemplateException {
    FunctionTable functions = FunctionTable.forAlert(data, query, nowMillis);
    Executor executor = new Executor(name, text, definitions, functions);
    try {
      return executor.execute(GoValues.alertData(data));
    } catch (ExecutionException e) {
      throw new TemplateException("error executing template " + name + ": " + e.getMessage());
    }
  }

  /** As {@link #expand}; an error becomes the value, as users of Prometheus see it. */
  public String expandOrError(TemplateData data, TemplateQuery query, long nowMillis) {
    try {
      return expand(data, query, nowMillis);
    } catch (TemplateException e) {
      return "<error expanding template: " + e.getMessage() + ">";
    }
  }

  /** What stands for the value of a text that cannot be read, as users of Prometheus see it. */
  public static String unreadable(String alert, TemplateException problem) {
    return "<error expanding template: error parsing template __alert_"
        + alert
        + ": "
        + problem.getMessage()
        + ">";
  }
}
