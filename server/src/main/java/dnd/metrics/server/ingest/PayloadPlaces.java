package dnd.metrics.server.ingest;

import java.util.Arrays;
import java.util.EnumMap;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Where in a payload the parts stand that differ from event to event, as byte offsets from the
 * payload's first byte; -1 for a part that is absent. The parser notes them, the predictor learns
 * from them. For one thread.
 */
final class PayloadPlaces {
  /** The variable parts of the envelope. */
  enum Part {
    ID,
    TIME,
    TIMESTAMP,
    CORRELATION_ID
  }

  /** An event with more texts and numbers that nobody reads is not learned. */
  static final int MOST_OTHERS = 16;

  private static final int FIRST_METRICS = 16;

  /** Room for so many metrics is kept whatever comes. */
  private static final int KEPT_METRICS = 1024;

  /** Begin of each part's token, its quote included. */
  private final EnumMap<Part, Integer> parts = new EnumMap<>(Part.class);

  /** The place behind the bracket that opens the metrics, and that of the one that closes them. */
  int metricsFrom;

  int metricsTo;

  /** Each metric's first byte, its value's first byte, and the place behind its last. */
  int[] metricFrom = new int[FIRST_METRICS];

  int[] valueFrom = new int[FIRST_METRICS];
  int[] metricTo = new int[FIRST_METRICS];
  int metrics;

  /** The first bytes of texts and numbers in fields of envelope and data that nobody reads. */
  final int[] others = new int[MOST_OTHERS];

  int otherCount;
  private boolean learnable;

  void clear() {
    parts.clear();
    metricsFrom = -1;
    metricsTo = -1;
    metrics = 0;
    otherCount = 0;
    learnable = true;
  }

  /** Gives up the room that a large event took. */
  void shrink() {
    metrics = 0;
    if (metricFrom.length > KEPT_METRICS) {
      metricFrom = new int[FIRST_METRICS];
      valueFrom = new int[FIRST_METRICS];
      metricTo = new int[FIRST_METRICS];
    }
  }

  /** Whether nothing stood in the payload that the predictor has no notion of. */
  boolean isLearnable() {
    return learnable && metricsTo >= 0;
  }

  void forget() {
    learnable = false;
  }

  int part(Part part) {
    return parts.getOrDefault(part, -1);
  }

  void note(Part part, JsonParser p, JsonToken token) {
    if (token == JsonToken.VALUE_NULL) {
      return; // part of what stays the same
    }
    parts.put(part, tokenOffset(p));
  }

  /**
   * A field of envelope or data that nobody reads. A text or a number may differ from event to
   * event; what has parts is taken for something that always does.
   */
  void noteOther(JsonParser p, JsonToken token) {
    if (token.isStructStart()) {
      learnable = false;
    } else if (token == JsonToken.VALUE_STRING || token.isNumeric()) {
      if (otherCount == MOST_OTHERS) {
        learnable = false;
      } else {
        others[otherCount++] = tokenOffset(p);
      }
    }
  }

  void beginMetrics(JsonParser p) {
    metricsFrom = tokenOffset(p) + 1;
  }

  void endMetrics(JsonParser p) {
    metricsTo = tokenOffset(p);
  }

  void beginMetric(JsonParser p) {
    if (metrics == metricFrom.length) {
      int n = metrics * 2;
      metricFrom = Arrays.copyOf(metricFrom, n);
      valueFrom = Arrays.copyOf(valueFrom, n);
      metricTo = Arrays.copyOf(metricTo, n);
    }
    metricFrom[metrics] = tokenOffset(p);
    valueFrom[metrics] = -1;
  }

  void noteValue(JsonParser p) {
    valueFrom[metrics] = tokenOffset(p);
  }

  void endMetric(JsonParser p) {
    metricTo[metrics] = tokenOffset(p) + 1;
    if (valueFrom[metrics] < 0) {
      learnable = false;
    }
    metrics++;
  }

  private static int tokenOffset(JsonParser p) {
    return (int) p.currentTokenLocation().getByteOffset();
  }
}
