package dnd.metrics.server.query;

import dnd.metrics.events.EventIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.EventWriter;
import dnd.metrics.events.JsonBuffer;
import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.promql.exec.Annotations;
import dnd.metrics.server.promql.exec.OperatorCost;
import dnd.metrics.server.promql.exec.QueryStatistics;
import dnd.metrics.server.promql.parse.PositionRange;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends answers and keeps the buffers they are written in. Safe for use by several threads. */
final class Answers {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  /** A larger buffer is not kept for the next answer. */
  private static final int KEPT_BUFFER_BYTES = 8 << 20;

  private static final int FIRST_BUFFER_BYTES = 64 << 10;

  /** How many warnings, and how many infos, an answer carries, as in the Prometheus API. */
  private static final int MAX_ANNOTATIONS = 10;

  private static final byte[] NO_HEAD = {};

  private final Hub hub;
  private final InstantSource clock;
  private final long patienceNanos;
  private final EventIds ids = new EventIds();
  private final ConcurrentLinkedQueue<JsonBuffer> buffers = new ConcurrentLinkedQueue<>();

  /**
   * @param patienceMillis how long an answer in parts may wait for its reader in all
   */
  Answers(Hub hub, InstantSource clock, long patienceMillis) {
    this.hub = hub;
    this.clock = clock;
    this.patienceNanos = TimeUnit.MILLISECONDS.toNanos(patienceMillis);
  }

  /** What writes the elements of an answer's result and ends it. */
  @FunctionalInterface
  interface Body {
    Delivery write(AnswerStream stream);
  }

  /** Sends an answer; where that fails, an error that says so. Returns what became of it. */
  Delivery send(Asker asker, boolean parts, BooleanSupplier canceled, byte[] foot, Body body) {
    Delivery delivery = deliver(asker, parts, canceled, NO_HEAD, foot, body);
    switch (delivery) {
      case SENT -> {}
      case TOO_LARGE -> error(asker, ErrorAnswer.tooLarge(hub.maxPayloadBytes(), parts));
      case CANCELED -> error(asker, ErrorAnswer.canceled("its answer"));
      case ASKER_GONE -> LOG.debug("{} no longer waits for {}", asker.service(), asker);
      case TIMED_OUT -> error(asker, ErrorAnswer.timedOutSending());
    }
    return delivery;
  }

  /**
   * Sends an answer.
   *
   * @param head fields of every part, each with a comma before it
   * @param foot fields of the last part
   */
  Delivery deliver(
      Asker asker, boolean parts, BooleanSupplier canceled, byte[] head, byte[] foot, Body body) {
    JsonBuffer borrowed = buffers.poll();
    JsonBuffer out = borrowed == null ? new JsonBuffer(FIRST_BUFFER_BYTES) : borrowed;
    try {
      return body.write(
          new AnswerStream(
              hub, ids, clock, asker, parts, canceled, patienceNanos, out, head, foot));
    } finally {
      if (out.array().length <= KEPT_BUFFER_BYTES) {
        buffers.add(out);
      }
    }
  }

  /** Sends why there is no answer. Never throws. */
  void error(Asker asker, ErrorAnswer error) {
    try {
      byte[] event = errorEvent(asker, error);
      if (event.length > hub.maxPayloadBytes()) {
        LOG.warn("{}: {} (larger than the hub's max_payload)", asker.service(), error.error());
        return;
      }
      hub.publish(asker.answerSubject(), null, Headers.NONE, event);
    } catch (RuntimeException e) {
      LOG.warn("{}: {} (could not be sent to {})", asker.service(), error, asker.replyTo(), e);
    }
  }

  private byte[] errorEvent(Asker asker, ErrorAnswer error) {
    JsonBuffer out = new JsonBuffer(512);
    EventWriter.begin(out, EventTypes.METRICS_RESULT, ids.next(), clock.millis());
    out.raw(",\"data\":{\"status\":\"error\",\"errorType\":").string(error.errorType());
    out.raw(",\"error\":").string(error.error());
    out.raw(",\"code\":").string(error.code().text());
    out.raw(",\"class\":").string(error.code().errorClass().text());
    PositionRange position = error.position();
    if (position != null) {
      out.raw(",\"position\":{\"start\":").number(position.start());
      out.raw(",\"end\":").number(position.end()).raw('}');
    }
    out.raw(",\"correlation_id\":").string(asker.correlationId()).raw('}');
    return EventWriter.end(out).toByteArray();
  }

  /** What stands behind a result: warnings, infos and, where they were asked for, statistics. */
  static byte[] foot(Annotations annotations, @Nullable QueryStatistics statistics) {
    JsonBuffer out = new JsonBuffer(256);
    list(out, "warnings", limited(annotations.warnings(), "warning", annotations.isCut()));
    list(out, "infos", limited(annotations.infos(), "info", annotations.isCut()));
    if (statistics != null) {
      out.raw(",\"stats\":{\"timings\":{\"parseTime\":").number(statistics.parseNanos() / 1e9);
      out.raw(",\"queryPreparationTime\":").number(statistics.planNanos() / 1e9);
      out.raw(",\"innerEvalTime\":").number(statistics.executeNanos() / 1e9);
      out.raw("},\"samples\":{\"totalQueryableSamples\":").number(statistics.samplesRead());
      out.raw("},\"series\":").number(statistics.seriesRead());
      out.raw(",\"peakBytes\":").number(statistics.peakBytes());
      operators(out, statistics.operators());
      out.raw('}');
    }
    return out.toByteArray();
  }

  /** The plan, an operator an element, each before those below it. */
  private static void operators(JsonBuffer out, List<OperatorCost> operators) {
    if (operators.isEmpty()) {
      return;
    }
    out.raw(",\"plan\":");
    for (int i = 0; i < operators.size(); i++) {
      OperatorCost cost = operators.get(i);
      out.raw(i == 0 ? '[' : ',').raw("{\"depth\":").number((long) cost.depth());
      out.raw(",\"operator\":").string(cost.operator());
      out.raw(",\"seconds\":").number(cost.nanos() / 1e9);
      out.raw(",\"series\":").number(cost.series());
      out.raw(",\"points\":").number(cost.points());
      out.raw(",\"samples\":").number(cost.samplesRead()).raw('}');
    }
    out.raw(']');
  }

  private static List<String> limited(List<String> texts, String kind, boolean isCut) {
    if (texts.size() <= MAX_ANNOTATIONS) {
      return texts;
    }
    List<String> first = new ArrayList<>(texts.subList(0, MAX_ANNOTATIONS));
    int more = texts.size() - MAX_ANNOTATIONS;
    first.add((isCut ? "at least " : "") + more + " more " + kind + " annotations omitted");
    return first;
  }

  private static void list(JsonBuffer out, String name, List<String> texts) {
    out.raw(',').name(name).raw('[');
    for (int i = 0; i < texts.size(); i++) {
      if (i > 0) {
        out.raw(',');
      }
      out.string(texts.get(i));
    }
    out.raw(']');
  }
}
