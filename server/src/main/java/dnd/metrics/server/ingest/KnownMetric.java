package dnd.metrics.server.ingest;

import static java.util.Objects.requireNonNull;

import dnd.metrics.server.head.HeadSeries;
import dnd.metrics.server.model.Labels;
import org.jspecify.annotations.Nullable;

/**
 * All of a metric of an event but for value and time: what was said of it, and which series it
 * means. The parser makes one for each metric it reads; the predictor keeps them, with the bytes
 * they were read from, as {@link LearnedMetric}. For one thread, but for the series, which has its
 * own rules.
 */
class KnownMetric {
  /** What was said; one object for all metrics of a connection of which the same was said. */
  final MetricDescription description;

  /** What was read; null once the series is known, which has them, so that memory does once. */
  private @Nullable Labels labels;

  /** The series that the labels meant last time; asked whether it is live before each use. */
  private @Nullable HeadSeries series;

  KnownMetric(MetricDescription description, Labels labels) {
    this.description = description;
    this.labels = labels;
  }

  /**
   * The labels of the series, name, service and instance included; of a whole classic histogram
   * those without {@code le} and with the histogram's own name.
   */
  Labels labels() {
    HeadSeries known = series;
    return known == null ? requireNonNull(labels) : known.labels();
  }

  /** The series that they meant last time; null where they were never looked up. */
  @Nullable HeadSeries series() {
    return series;
  }

  /** This is the series with the labels. */
  void found(HeadSeries found) {
    series = found;
    labels = null;
  }
}
