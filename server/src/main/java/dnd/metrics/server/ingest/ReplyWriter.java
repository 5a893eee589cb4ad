package dnd.metrics.server.ingest;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.EventIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.EventWriter;
import dnd.metrics.events.JsonBuffer;
import dnd.metrics.events.Problem;
import dnd.metrics.events.RejectedMetric;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes {@code metrics.collected} and {@code metrics.rejected}. For one thread. */
final class ReplyWriter {
  /** What JetStream would call the stream; here it is the service's own log. */
  static final String STREAM = "METRICS";

  private static final int ROOM_FOR_THE_REST_BYTES = 2048;
  private static final int USUAL_BYTES = 1024;

  /** A larger buffer goes with the event that needed it. */
  private static final int MOST_KEPT_BYTES = 64 << 10;

  private final EventIds ids;
  private final int maxBytes;
  private JsonBuffer out = new JsonBuffer(USUAL_BYTES);

  ReplyWriter(EventIds ids, int maxPayloadBytes) {
    this.ids = ids;
    this.maxBytes = maxPayloadBytes;
  }

  byte[] collected(
      long nowMillis, long sequence, boolean duplicate, ParsedBatch batch, int stored) {
    out.clear();
    EventWriter.begin(out, EventTypes.METRICS_COLLECTED, ids.next(), nowMillis);
    out.raw(",\"stream\":\"" + STREAM + "\",\"seq\":").number(sequence);
    if (duplicate) {
      out.raw(",\"duplicate\":true");
    }
    out.raw(",\"data\":{\"service\":").string(batch.service);
    out.raw(",\"count\":").number(stored).raw(',');
    list(batch.rejected);
    out.raw(",\"correlation_id\":").string(batch.correlationId).raw('}');
    return end();
  }

  /** Of a whole batch: what is wrong with it, or with the first of its metrics. */
  byte[] rejected(
      long nowMillis,
      ErrorCode code,
      String description,
      @Nullable String service,
      List<RejectedMetric> rejected,
      String correlationId) {
    return rejected(
        nowMillis,
        code.text(),
        code.errorClass().text(),
        description,
        service,
        rejected,
        correlationId);
  }

  byte[] rejected(long nowMillis, Problem problem, @Nullable String service, String correlationId) {
    return rejected(
        nowMillis, problem.code(), problem.description(), service, List.of(), correlationId);
  }

  /** Of a batch some or all of whose metrics were refused one by one. */
  byte[] rejected(long nowMillis, ParsedBatch batch) {
    RejectedMetric first = batch.rejected.get(0);
    ErrorCode code = ErrorCode.valueOf(first.code().toUpperCase(java.util.Locale.ROOT));
    return rejected(
        nowMillis,
        code,
        batch.rejected.size() == 1
            ? first.reason()
            : batch.rejected.size() + " metrics were rejected; the first: " + first.reason(),
        batch.service,
        batch.rejected,
        batch.correlationId);
  }

  private byte[] rejected(
      long nowMillis,
      String code,
      String errorClass,
      String description,
      @Nullable String service,
      List<RejectedMetric> rejected,
      String correlationId) {
    out.clear();
    EventWriter.begin(out, EventTypes.METRICS_REJECTED, ids.next(), nowMillis);
    out.raw(",\"error\":{\"code\":").string(code);
    out.raw(",\"class\":").string(errorClass);
    out.raw(",\"description\":").string(description);
    out.raw("},\"data\":{");
    if (service != null) {
      out.raw("\"service\":").string(service).raw(',');
    }
    list(rejected);
    out.raw(",\"correlation_id\":").string(correlationId).raw('}');
    return end();
  }

  private byte[] end() {
    byte[] event = EventWriter.end(out).toByteArray();
    if (out.array().length > MOST_KEPT_BYTES) {
      out = new JsonBuffer(USUAL_BYTES);
    }
    return event;
  }

  /** How much is kept between events, in bytes. */
  int keptBytes() {
    return out.array().length;
  }

  /** As many rejected metrics as the hub's max_payload has room for, and how many it has not. */
  private void list(List<RejectedMetric> rejected) {
    out.raw("\"rejected\":[");
    int omitted = 0;
    for (int i = 0; i < rejected.size(); i++) {
      int mark = out.length();
      if (i > 0) {
        out.raw(',');
      }
      RejectedMetric metric = rejected.get(i);
      out.raw("{\"index\":").number(metric.index());
      out.raw(",\"name\":").string(metric.name());
      out.raw(",\"code\":").string(metric.code());
      out.raw(",\"reason\":").string(metric.reason()).raw('}');
      if (out.length() > maxBytes - ROOM_FOR_THE_REST_BYTES) {
        out.truncate(mark);
        omitted = rejected.size() - i;
        break;
      }
    }
    out.raw(']');
    if (omitted > 0) {
      out.raw(",\"rejected_omitted\":").number(omitted);
    }
  }
}
