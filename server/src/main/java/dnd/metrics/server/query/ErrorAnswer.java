package dnd.metrics.server.query;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.Problem;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.promql.parse.ParserOptions;
import dnd.metrics.server.promql.parse.PositionRange;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why there is no answer.
 *
 * @param errorType Prometheus's word for the kind of error
 * @param error the message, in Prometheus's words where Prometheus has the error too
 * @param position the stretch of the query that is wrong, as UTF-16 offsets, where it is known
 */
record ErrorAnswer(
    String errorType, String error, ErrorCode code, @Nullable PositionRange position) {
  private static final int MAX_TEXT_CHARS = 8192;
  private static final String BAD_DATA = "bad_data";

  ErrorAnswer {
    if (error.length() > MAX_TEXT_CHARS) {
      error = error.substring(0, MAX_TEXT_CHARS) + "...";
    }
  }

  private ErrorAnswer(String errorType, String error, ErrorCode code) {
    this(errorType, error, code, null);
  }

  /** An event that cannot be read, or asks for what does not go together. */
  static ErrorAnswer of(Problem problem) {
    String field = problem.field();
    if (!field.startsWith("data.")) {
      return new ErrorAnswer(BAD_DATA, problem.description(), problem.code());
    }
    String parameter = field.substring("data.".length());
    String reason = problem.message();
    if (problem.code() == ErrorCode.INVALID_RANGE) {
      reason =
          switch (parameter) {
            case "end" -> "end timestamp must not be before start time";
            case "step" ->
                "zero or negative query resolution step widths are not accepted."
                    + " Try a positive integer";
            default -> reason;
          };
    }
    return new ErrorAnswer(BAD_DATA, invalid(parameter, reason), problem.code());
  }

  static ErrorAnswer of(QueryException e) {
    return switch (e.type()) {
      case BAD_DATA ->
          new ErrorAnswer(BAD_DATA, invalid("query", e.getMessage()), ErrorCode.INVALID_QUERY);
      case EXECUTION ->
          new ErrorAnswer(e.type().wireName(), e.getMessage(), ErrorCode.QUERY_FAILED);
      case TOO_LARGE ->
          new ErrorAnswer(e.type().wireName(), e.getMessage(), ErrorCode.QUERY_TOO_LARGE);
      case CANCELED ->
          new ErrorAnswer(e.type().wireName(), e.getMessage(), ErrorCode.QUERY_CANCELED);
      case TIMEOUT -> new ErrorAnswer(e.type().wireName(), e.getMessage(), ErrorCode.QUERY_TIMEOUT);
      case INTERNAL ->
          new ErrorAnswer(e.type().wireName(), e.getMessage(), ErrorCode.INTERNAL_ERROR);
    };
  }

  /** Something that should be there cannot be read; its message says what, and why. */
  static ErrorAnswer of(UnreadableSamplesException e) {
    return new ErrorAnswer("internal", String.valueOf(e.getMessage()), ErrorCode.INTERNAL_ERROR);
  }

  /** A query or selector that is not PromQL. */
  static ErrorAnswer of(ParseException e, String parameter, ErrorCode code) {
    String reason = Objects.requireNonNullElse(e.getMessage(), e.reason());
    return new ErrorAnswer(BAD_DATA, invalid(parameter, reason), code, e.position());
  }

  ErrorAnswer at(PositionRange place) {
    return new ErrorAnswer(errorType, error, code, place);
  }

  /** Adds where {@code query} is wrong, which the engine's error has in words only. */
  ErrorAnswer withPosition(String query) {
    if (code != ErrorCode.INVALID_QUERY) {
      return this;
    }
    try {
      Parser.parse(query, ParserOptions.ALL);
      return this;
    } catch (ParseException e) {
      return at(e.position());
    }
  }

  static ErrorAnswer tooManySteps(int maxSteps) {
    String reason =
        String.format(
            java.util.Locale.ROOT,
            "exceeded maximum resolution of %,d points per timeseries."
                + " Try decreasing the query resolution (?step=XX)",
            maxSteps);
    return new ErrorAnswer(BAD_DATA, reason, ErrorCode.TOO_MANY_POINTS);
  }

  static ErrorAnswer emptySelector() {
    String reason = "match[] must contain at least one non-empty matcher";
    return new ErrorAnswer(BAD_DATA, invalid("match[]", reason), ErrorCode.INVALID_MATCHER);
  }

  static ErrorAnswer notYet(String what) {
    return new ErrorAnswer(BAD_DATA, what, ErrorCode.NOT_YET_SUPPORTED);
  }

  static ErrorAnswer tooManyQueries(int waiting) {
    return new ErrorAnswer(
        "unavailable",
        "too many queries: " + waiting + " are waiting for their turn; try again later",
        ErrorCode.TOO_MANY_QUERIES);
  }

  static ErrorAnswer tooManyLive(int live) {
    return new ErrorAnswer(
        "unavailable",
        "too many live queries: " + live + " are asked already; cancel some, or try again later",
        ErrorCode.TOO_MANY_QUERIES);
  }

  static ErrorAnswer shuttingDown() {
    return new ErrorAnswer("unavailable", "the service is stopping", ErrorCode.SHUTTING_DOWN);
  }

  static ErrorAnswer timedOutInQueue() {
    return new ErrorAnswer("timeout", "query timed out in query queue", ErrorCode.QUERY_TIMEOUT);
  }

  static ErrorAnswer timedOutSending() {
    return new ErrorAnswer(
        "timeout",
        "query timed out in sending its answer: its reader took too little of it",
        ErrorCode.QUERY_TIMEOUT);
  }

  static ErrorAnswer canceled(String where) {
    return new ErrorAnswer("canceled", "query was canceled in " + where, ErrorCode.QUERY_CANCELED);
  }

  static ErrorAnswer tooLarge(int maxPayloadBytes, boolean parts) {
    String reason =
        parts
            ? "a part of the answer is larger than the hub's max_payload of "
                + maxPayloadBytes
                + " bytes"
            : "the answer is larger than the hub's max_payload of "
                + maxPayloadBytes
                + " bytes: narrow the query, or ask with \"parts\": true";
    return new ErrorAnswer("execution", reason, ErrorCode.RESULT_TOO_LARGE);
  }

  static ErrorAnswer outOfMemory() {
    return new ErrorAnswer(
        "execution", "the service ran out of memory in this query", ErrorCode.QUERY_TOO_LARGE);
  }

  static ErrorAnswer internal() {
    return new ErrorAnswer(
        "internal", "internal error: the service's log says more", ErrorCode.INTERNAL_ERROR);
  }

  private static String invalid(String parameter, String reason) {
    return "invalid parameter \"" + parameter + "\": " + reason;
  }
}
