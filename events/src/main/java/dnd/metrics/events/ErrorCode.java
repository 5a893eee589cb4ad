package dnd.metrics.events;

import java.util.Locale;

/**
 * The ways in which an event can be wrong or fail, each with a code of its own. The code's text, in
 * lower case, is part of the contract (docs/icd.md): codes are added, never renamed.
 */
public enum ErrorCode {
  // The envelope.
  INVALID_UTF8(ErrorClass.USER, "The bytes are not UTF-8, or a text holds half a surrogate pair."),
  INVALID_JSON(ErrorClass.USER, "The payload is not one JSON object."),
  DUPLICATE_KEY(ErrorClass.USER, "A JSON object names a key twice."),
  PAYLOAD_TOO_DEEP(ErrorClass.USER, "JSON objects and arrays are nested too deep."),
  TEXT_TOO_LONG(ErrorClass.USER, "A text, a key or a number of the payload is too long."),
  MISSING_FIELD(ErrorClass.USER, "A field that must be there is not."),
  WRONG_TYPE(ErrorClass.USER, "A field has another JSON type than it must have."),
  UNKNOWN_EVENT_TYPE(ErrorClass.USER, "The event's type is not one that its subject takes."),
  UNSUPPORTED_SPECVERSION(ErrorClass.USER, "The CloudEvents version is not 1.0."),
  SERVICE_MISMATCH(ErrorClass.USER, "data.service is not the first token of the subject."),
  INVALID_ID(ErrorClass.USER, "An id or correlation id is empty or too long."),
  INVALID_TIMESTAMP(ErrorClass.USER, "A time is neither RFC 3339 nor Unix seconds."),
  INVALID_DURATION(ErrorClass.USER, "A duration is neither like 1h30m nor seconds."),
  BATCH_TOO_LARGE(
      ErrorClass.USER,
      "The event holds more metrics, or defines more new series with long labels, than an event may."),

  // One metric of a batch.
  UNKNOWN_METRIC_TYPE(ErrorClass.USER, "The metric's type is not counter, gauge or histogram."),
  UNKNOWN_TEMPORALITY(ErrorClass.USER, "The temporality is neither cumulative nor delta."),
  INVALID_METRIC_NAME(ErrorClass.USER, "The metric's name is empty or too long."),
  INVALID_LABEL_NAME(ErrorClass.USER, "A label's name is empty or too long."),
  RESERVED_LABEL(ErrorClass.USER, "A label's name is one that the service sets itself."),
  TOO_MANY_LABELS(ErrorClass.USER, "The series has more labels than a series may."),
  LABEL_TOO_LONG(ErrorClass.USER, "A label's value is longer than it may be."),
  INVALID_VALUE(ErrorClass.USER, "The value is not one that the metric's type can have."),
  NUMBER_OUT_OF_RANGE(ErrorClass.USER, "The number is too large for a 64-bit float."),
  INVALID_COUNTER_VALUE(ErrorClass.USER, "A counter's value is negative or not a number."),
  INVALID_HISTOGRAM(ErrorClass.USER, "The histogram's parts contradict each other."),
  INVALID_CREATED(ErrorClass.USER, "The counter was created after the sample's time."),
  KIND_CHANGED(ErrorClass.USER, "The series holds samples of another kind."),
  TIMESTAMP_TOO_FAR_IN_FUTURE(ErrorClass.USER, "The sample's time is too far ahead of the clock."),
  OUT_OF_ORDER_TOO_OLD(ErrorClass.USER, "The sample is older than the out-of-order window."),
  DUPLICATE_TIMESTAMP(ErrorClass.USER, "The series has another value at that time already."),
  SERIES_OF_OTHER_SENDER(
      ErrorClass.USER, "Another instance of the service writes a series with these labels."),
  SERIES_LIMIT_REACHED(ErrorClass.RESOURCES, "The service holds as many series as it may."),
  SENDER_LIMIT_REACHED(
      ErrorClass.RESOURCES,
      "The service has as many senders as it may; those that are known go on."),

  // Queries and discovery.
  INVALID_QUERY(ErrorClass.USER, "The PromQL expression cannot be parsed."),
  INVALID_MATCHER(ErrorClass.USER, "A series selector or a matcher cannot be parsed."),
  INVALID_RANGE(ErrorClass.USER, "start, end and step do not make a range."),
  TOO_MANY_POINTS(ErrorClass.USER, "The range has more steps than a query may have."),
  INVALID_LIMIT(ErrorClass.USER, "The limit is not a whole number from 0 up."),
  NOT_YET_SUPPORTED(ErrorClass.USER, "The request is valid, but this version cannot answer it."),
  QUERY_FAILED(ErrorClass.USER, "The expression could not be evaluated on this data."),
  QUERY_CANCELED(ErrorClass.USER, "The query was cancelled."),
  QUERY_TIMEOUT(ErrorClass.RESOURCES, "The query took longer than it may."),
  TOO_MANY_QUERIES(ErrorClass.RESOURCES, "As many queries run as may run at one time."),
  QUERY_TOO_LARGE(ErrorClass.RESOURCES, "The query would read or hold more than it may."),
  RESULT_TOO_LARGE(ErrorClass.RESOURCES, "The answer is larger than the hub's max_payload."),

  // Dashboards.
  UNKNOWN_ACTION(ErrorClass.USER, "The request's action is not one that there is."),
  INVALID_DASHBOARD(ErrorClass.USER, "The resource is not a Perses dashboard."),
  UNKNOWN_DASHBOARD(ErrorClass.USER, "There is no such dashboard, or no such version of it."),
  VERSION_CONFLICT(ErrorClass.USER, "Somebody else has changed it since it was read."),
  TOO_MANY_DASHBOARDS(ErrorClass.RESOURCES, "There are as many dashboards as there may be."),

  // Alerts and silences.
  INVALID_ALERT(ErrorClass.USER, "A reported alert's parts are not what an alert can have."),
  TOO_MANY_ALERTS(ErrorClass.RESOURCES, "The service reports as many alerts as it may."),
  INVALID_SILENCE(ErrorClass.USER, "The silence's matchers or times make no silence."),
  SILENCE_NOT_FOUND(ErrorClass.USER, "There is no silence with that id."),
  TOO_MANY_SILENCES(ErrorClass.RESOURCES, "There are as many silences as there may be."),

  // Rules.
  INVALID_RULES(ErrorClass.USER, "The rule file cannot be used."),
  UNKNOWN_RULES(ErrorClass.USER, "No such rules are kept."),

  // Deletions and retention.
  NOT_PERMITTED(ErrorClass.USER, "The service is not among those that may do this."),
  UNKNOWN_TOKEN(ErrorClass.USER, "Nothing waits for that token, or its time is over."),
  INVALID_RETENTION(ErrorClass.USER, "The retention is none that the configuration might have."),

  // The service.
  TOO_MANY_REQUESTS(ErrorClass.RESOURCES, "As many requests wait as may wait at one time."),
  STORAGE_UNAVAILABLE(ErrorClass.RESOURCES, "What was sent could not be made safe on disk."),
  SHUTTING_DOWN(ErrorClass.RESOURCES, "The service is stopping."),
  INTERNAL_ERROR(ErrorClass.INTERNAL, "The service failed; its log says how.");

  private final ErrorClass errorClass;
  private final String meaning;
  private final String text = name().toLowerCase(Locale.ROOT);

  ErrorCode(ErrorClass errorClass, String meaning) {
    this.errorClass = errorClass;
    this.meaning = meaning;
  }

  public ErrorClass errorClass() {
    return errorClass;
  }

  /** One sentence for the contract's table. */
  public String meaning() {
    return meaning;
  }

  /** The code as events carry it, such as {@code missing_field}. */
  public String text() {
    return text;
  }
}
