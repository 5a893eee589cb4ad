package dnd.metrics.server.ingest;

import dnd.metrics.events.ErrorCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what came in, for status and the service's own metrics. Safe for use by several threads.
 */
public final class IngestCounters {
  private final LongAdder events = new LongAdder();
  private final LongAdder predictedEvents = new LongAdder();
  private final LongAdder duplicateEvents = new LongAdder();
  private final LongAdder storedMetrics = new LongAdder();
  private final LongAdder unsentReplies = new LongAdder();
  private final Map<ErrorCode, LongAdder> rejectedBatches = new EnumMap<>(ErrorCode.class);
  private final Map<ErrorCode, LongAdder> rejectedMetrics = new EnumMap<>(ErrorCode.class);

  IngestCounters() {
    for (ErrorCode code : ErrorCode.values()) {
      rejectedBatches.put(code, new LongAdder());
      rejectedMetrics.put(code, new LongAdder());
    }
  }

  void event(boolean predicted) {
    events.increment();
    if (predicted) {
      predictedEvents.increment();
    }
  }

  void duplicate() {
    duplicateEvents.increment();
  }

  void stored(int metrics) {
    storedMetrics.add(metrics);
  }

  void unsentReply() {
    unsentReplies.increment();
  }

  void rejectedBatch(ErrorCode code) {
    count(rejectedBatches, code);
  }

  void rejectedMetric(ErrorCode code) {
    count(rejectedMetrics, code);
  }

  private static void count(Map<ErrorCode, LongAdder> counts, ErrorCode code) {
    LongAdder adder = counts.get(code);
    if (adder != null) {
      adder.increment();
    }
  }

  /** Pushes and reports that came in. */
  public long events() {
    return events.sum();
  }

  /** Those of them whose metrics were predicted rather than parsed. */
  public long predictedEvents() {
    return predictedEvents.sum();
  }

  /** Those that had come before and were acknowledged again. */
  public long duplicateEvents() {
    return duplicateEvents.sum();
  }

  /** Metrics that were stored. */
  public long storedMetrics() {
    return storedMetrics.sum();
  }

  /** Replies and published events that the hub did not take. */
  public long unsentReplies() {
    return unsentReplies.sum();
  }

  /** Batches that were rejected whole, by code; codes without any are left out. */
  public Map<ErrorCode, Long> rejectedBatches() {
    return snapshot(rejectedBatches);
  }

  /** Metrics that were rejected one by one, by code; codes without any are left out. */
  public Map<ErrorCode, Long> rejectedMetrics() {
    return snapshot(rejectedMetrics);
  }

  private static Map<ErrorCode, Long> snapshot(Map<ErrorCode, LongAdder> counts) {
    Map<ErrorCode, Long> result = new EnumMap<>(ErrorCode.class);
    counts.forEach((code, adder) -> {
      if (adder.sum() > 0) {
        result.put(code, adder.sum());
      }
    });
    return result;
  }
}
