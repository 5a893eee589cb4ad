package dnd.metrics.events;

import org.jspecify.annotations.Nullable;

/**
 * {@code metrics.query}: a PromQL expression, to be evaluated at one time (no start and end) or at
 * every step of a range. Times are Unix milliseconds, durations milliseconds.
 *
 * @param timeMillis the time of an instant query; null is now
 * @param startMillis the range's first step; null in an instant query
 * @param endMillis the range's end, included; null in an instant query
 * @param stepMillis the range's step; of a live instant query how often it is evaluated though no
 *     samples come; null in other instant queries
 * @param timeoutMillis the longest the query may take; null is the service's own limit
 * @param lookbackMillis how far back an instant selector looks; null is 5 minutes
 * @param limit the most series to answer with; 0 is all
 * @param parts whether an answer larger than the hub's max_payload may come in numbered parts
 * @param stats whether the answer is to say what the query cost
 * @param live whether new points are to follow until the query is cancelled
 */
public record QueryEvent(
    String query,
    @Nullable Long timeMillis,
    @Nullable Long startMillis,
    @Nullable Long endMillis,
    @Nullable Long stepMillis,
    @Nullable Long timeoutMillis,
    @Nullable Long lookbackMillis,
    int limit,
    boolean parts,
    boolean stats,
    boolean live,
    String correlationId) {

  public QueryEvent {
    if ((startMillis == null) != (endMillis == null)
        || (startMillis == null && stepMillis != null && !live)
        || (startMillis != null && stepMillis == null)) {
      throw new IllegalArgumentException("start, end and step go together");
    }
  }

  public boolean isRange() {
    return startMillis != null;
  }

  public static QueryEvent instant(String query, @Nullable Long timeMillis) {
    return new QueryEvent(
        query,
        timeMillis,
        null,
        null,
        null,
        null,
        null,
        0,
        false,
        false,
        false,
        CorrelationIds.make());
  }

  public static QueryEvent range(String query, long startMillis, long endMillis, long stepMillis) {
    return new QueryEvent(
        query,
        null,
        startMillis,
        endMillis,
        stepMillis,
        null,
        null,
        0,
        false,
        false,
        false,
        CorrelationIds.make());
  }

  /** Reads the fields of a query event; what the expression means is not looked at. */
  public static QueryEvent from(Envelope envelope) throws InvalidEventException {
    Fields data = envelope.fields();
    String correlationId = data.correlationId();
    String query = data.requireString("query");
    Long time = data.timestamp("time");
    Long start = data.timestamp("start");
    Long end = data.timestamp("end");
    Long step = data.duration("step");
    if (start != null || end != null) {
      if (start == null) {
        throw data.missing("start");
      }
      if (end == null) {
        throw data.missing("end");
      }
      if (step == null) {
        throw data.missing("step");
      }
      if (end < start) {
        throw new InvalidEventException(ErrorCode.INVALID_RANGE, "data.end", "is before start");
      }
      if (step == 0) {
        throw new InvalidEventException(
            ErrorCode.INVALID_RANGE, "data.step", "must be longer than 0");
      }
      if (time != null) {
        throw new InvalidEventException(
            ErrorCode.INVALID_RANGE, "data.time", "goes with neither start nor end");
      }
    } else {
      if (data.bool("live")) {
        if (time != null) {
          throw new InvalidEventException(
              ErrorCode.INVALID_RANGE, "data.time", "goes not with live, which is about now");
        }
      } else {
        step = null; // an instant query may name a step; it has no use for it
      }
    }
    return new QueryEvent(
        query,
        time,
        start,
        end,
        step,
        data.duration("timeout"),
        data.duration("lookback"),
        data.limit("limit", 0),
        data.bool("parts"),
        data.bool("stats"),
        data.bool("live"),
        correlationId);
  }

  /** The event as one sends it. */
  public byte[] toJson() {
    JsonBuffer out = new JsonBuffer(256);
    out.raw("{\"type\":\"metrics.query\",\"data\":{\"query\":").string(query);
    if (timeMillis != null) {
      out.raw(",\"time\":").time(timeMillis);
    }
    if (startMillis != null && endMillis != null) {
      out.raw(",\"start\":").time(startMillis).raw(",\"end\":").time(endMillis);
    }
    if (stepMillis != null) {
      out.raw(",\"step\":").string(Durations.format(stepMillis));
    }
    if (timeoutMillis != null) {
      out.raw(",\"timeout\":").string(Durations.format(timeoutMillis));
    }
    if (lookbackMillis != null) {
      out.raw(",\"lookback\":").string(Durations.format(lookbackMillis));
    }
    if (limit > 0) {
      out.raw(",\"limit\":").number(limit);
    }
    if (parts) {
      out.raw(",\"parts\":true");
    }
    if (stats) {
      out.raw(",\"stats\":true");
    }
    if (live) {
      out.raw(",\"live\":true");
    }
    return out.raw(",\"correlation_id\":").string(correlationId).raw("}}").toByteArray();
  }
}
