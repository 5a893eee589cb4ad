package dnd.metrics.events;

import java.util.List;

/** The types of events, which are also the last tokens of their subjects. */
public final class EventTypes {
  private static final List<String> PLURALS = List.of("alert", "dashboard");

  public static final String METRICS_PUSH = "metrics.push";
  public static final String METRICS_REPORT = "metrics.report";
  public static final String METRICS_QUERY = "metrics.query";
  public static final String METRICS_CANCEL = "metrics.cancel";
  public static final String METRICS_SERIES = "metrics.series";
  public static final String METRICS_LABELS = "metrics.labels";
  public static final String METRICS_LABEL_VALUES = "metrics.label_values";
  public static final String METRICS_METADATA = "metrics.metadata";
  public static final String METRICS_PARSE = "metrics.parse";

  public static final String METRICS_QUERIES = "metrics.queries";
  public static final String METRICS_STATUS = "metrics.status";
  public static final String METRICS_BACKUP = "metrics.backup";
  public static final String METRICS_DELETE = "metrics.delete";
  public static final String METRICS_RETENTION = "metrics.retention";
  public static final String ALERT_STATUS = "alert.status";
  public static final String ALERT_CHECK = "alert.check";
  public static final String ALERT_RULES = "alert.rules";
  public static final String ALERT_SILENCE = "alert.silence";
  public static final String DASHBOARD_REQUEST = "dashboard.request";

  /** Answers a push or report whose metrics (or some of them) were stored; also published. */
  public static final String METRICS_COLLECTED = "metrics.collected";

  /** Answers a batch that was rejected whole; published for every rejected metric or batch. */
  public static final String METRICS_REJECTED = "metrics.rejected";

  /** Answers every question: query, series, labels, label_values, metadata, parse. */
  public static final String METRICS_RESULT = "metrics.result";

  /** Answers {@link #ALERT_RULES}. */
  public static final String ALERTS_RULES = "alerts.rules";

  /** Answers {@link #ALERT_CHECK}. */
  public static final String ALERTS_CHECK = "alerts.check";

  /** Published for every recording rule that stored new samples. */
  public static final String METRICS_AGGREGATED = "metrics.aggregated";

  /** Answers {@code dashboard.request}. */
  public static final String DASHBOARD_RESULT = "dashboard.result";

  /** Answers {@code alert.status}: every active alert, or what became of those that were sent. */
  public static final String ALERTS_STATUS = "alerts.status";

  /** Answers {@code alert.silence}. */
  public static final String ALERTS_SILENCES = "alerts.silences";

  public static final String ALERT_TRIGGERED = "alert.triggered";
  public static final String ALERT_RESOLVED = "alert.resolved";
  public static final String DASHBOARD_UPDATED = "dashboard.updated";

  /** The CloudEvents {@code source} of everything that the service sends, and its queue group. */
  public static final String SERVICE_NAME = "metrics_service";

  private EventTypes() {}

  /**
   * The same type in the other number, where both are accepted: {@code alert.status} and {@code
   * alerts.status}, {@code dashboard.request} and {@code dashboards.request}; else the type itself.
   */
  public static String twin(String type) {
    for (String word : PLURALS) {
      if (type.startsWith(word + ".")) {
        return word + "s" + type.substring(word.length());
      }
      if (type.startsWith(word + "s.")) {
        return word + type.substring(word.length() + 1);
      }
    }
    return type;
  }
}
