package dnd.metrics.server.rules;

import dnd.metrics.events.EventTypes;
import dnd.metrics.server.head.AppendOutcome;
import dnd.metrics.server.head.EventKind;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadSeries;
import dnd.metrics.server.head.HeadUnavailableException;
import dnd.metrics.server.head.SenderBatch;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.head.SenderLimitException;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what rules come to, on the same durable path as everybody's samples: a sender of the head,
 * of service {@code metrics_service}. What is appended is in sight of queries at once and on disk
 * before anyone is told of it. Safe for use by several threads.
 */
final class RuleSender {
  /** Who the rules are among the senders. */
  static final SenderId ID = new SenderId(EventTypes.SERVICE_NAME, "rules");

  private static final Logger LOG = LoggerFactory.getLogger(RuleSender.class);

  private final Head head;
  private final InstantSource clock;

  RuleSender(Head head, InstantSource clock) {
    this.head = head;
    this.clock = clock;
  }

  /**
   * Writes samples and ends series in one step.
   *
   * @param committed learns of it once everything is on disk
   * @return what was refused, by labels, with the reason; of what was to be ended only what is to
   *     be ended later
   */
  Map<Labels, String> write(
      List<VectorSample> samples, List<Labels> ended, long atMillis, RuleCommit committed) {
    Map<Labels, String> refused = new HashMap<>();
    try (SenderBatch batch = head.sender(ID).begin(EventKind.PUSH, null, clock.millis())) {
      for (VectorSample sample : samples) {
        HeadSeries series = batch.resolve(sample.labels());
        if (series == null) {
          refused.put(sample.labels(), describe(batch, sample.labels()));
          continue;
        }
        Histogram histogram = sample.histogram();
        AppendOutcome outcome =
            histogram == null
                ? batch.append(series, sample.timestampMillis(), sample.value())
                : batch.append(series, sample.timestampMillis(), histogram);
        if (!outcome.isStored()) {
          refused.put(sample.labels(), describe(outcome, sample.labels()));
        }
      }
      for (Labels labels : ended) {
        HeadSeries series = batch.resolve(labels);
        if (series != null) {
          batch.end(series, atMillis);
        }
      }
      batch.commit(committed);
    } catch (HeadUnavailableException | SenderLimitException e) {
      String reason = String.valueOf(e.getMessage());
      samples.forEach(sample -> refused.put(sample.labels(), reason));
      ended.forEach(labels -> refused.put(labels, reason));
    }
    return refused;
  }

  /** The end of the log as it is now: everything that queries see was appended before it. */
  LogMark mark() {
    LogMark mark = new LogMark();
    try {
      head.whenDurable(mark);
    } catch (HeadUnavailableException e) {
      LOG.debug("the log is not waited for: {}", e.getMessage());
      mark.committed();
    }
    return mark;
  }

  private static String describe(SenderBatch batch, Labels labels) {
    return switch (batch.rejection()) {
      case SERIES_LIMIT -> "the service has as many series as it may: " + labels;
      case EVENT_FULL -> "the new series of this evaluation have too long labels: " + labels;
      case OTHER_SENDER -> "a sender writes a series with the same labels: " + labels;
      case DAMAGED -> "damaged on the disk until the next start: " + labels;
    };
  }

  private static String describe(AppendOutcome outcome, Labels labels) {
    return switch (outcome) {
      case ACCEPTED, DUPLICATE -> throw new IllegalStateException("nothing is wrong");
      case CONFLICT -> "duplicate sample for timestamp: " + labels;
      case TOO_OLD -> "too old sample: " + labels;
      case TOO_NEW -> "too far in the future: " + labels;
      case DAMAGED -> "what was then is damaged on the disk until the next start: " + labels;
      case INVALID -> "not a value that the series can take: " + labels;
    };
  }
}
