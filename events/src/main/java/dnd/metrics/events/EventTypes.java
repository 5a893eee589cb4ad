package dnd.metrics.events;

/** The types of events, which are also the last tokens of their subjects. */
public final class EventTypes {
  public static final String METRICS_PUSH = "metrics.push";
  public static final String METRICS_REPORT = "metrics.report";
  public static final String METRICS_QUERY = "metrics.query";
  public static final String METRICS_CANCEL = "metrics.cancel";
  public static final String METRICS_SERIES = "metrics.series";
  public static final String METRICS_LABELS = "metrics.labels";
  public static final String METRICS_LABEL_VALUES = "metrics.label_values";
  public static final String METRICS_METADATA = "metrics.metadata";
  public static final String METRICS_PARSE = "metrics.parse";

  /** Answers a push or report whose metrics (or some of them) were stored; also published. */
  public static final String METRICS_COLLECTED = "metrics.collected";

  /** Answers a batch that was rejected whole; published for every rejected metric or batch. */
  public static final String METRICS_REJECTED = "metrics.rejected";

  /** Answers every question: query, series, labels, label_values, metadata, parse. */
  public static final String METRICS_RESULT = "metrics.result";

  /** The CloudEvents {@code source} of everything that the service sends, and its queue group. */
  public static final String SERVICE_NAME = "metrics_service";

  private EventTypes() {}
}
