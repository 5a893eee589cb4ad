package dnd.metrics.server.ingest;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.Problem;
import dnd.metrics.server.head.AppendOutcome;
import dnd.metrics.server.head.HeadSeries;
import dnd.metrics.server.head.SenderBatch;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import org.jspecify.annotations.Nullable;

/**
 * Applies the rows of a batch to the head: the one place where values are judged, whichever way
 * they were read. What is refused is added to the batch's rejected metrics. For one thread.
 */
final class BatchApplier {
  private final MetadataNotes notes;

  /** Keeps the compiler from leaving {@link #touchAll} out. */
  private int touched;

  BatchApplier(MetadataNotes notes) {
    this.notes = notes;
  }

  /**
   * Appends every row.
   *
   * @return how many metrics were stored
   */
  int apply(ParsedBatch batch, SenderBatch target, long receivedMillis) {
    long eventMillis = batch.timeMillis == ParsedBatch.NO_TIME ? receivedMillis : batch.timeMillis;
    int stored = 0;
    if (!batch.rejected.isEmpty()) { // while it was read
      target.noteRefused();
    }
    touchAll(batch);
    for (int i = 0; i < batch.rows; i++) {
      KnownMetric metric = batch.metrics[i];
      long own = batch.times[i];
      long millis = own == ParsedBatch.NO_TIME ? eventMillis : own;
      HistogramValue histogram = batch.histograms[i];
      Problem problem =
          histogram == null
              ? applyValue(metric, batch.values[i], millis, target)
              : applyHistogram(metric, histogram, millis, target);
      if (problem == null) {
        notes.say(metric.description, target);
        stored++;
      } else {
        String path = "data.metrics[" + batch.indexes[i] + "]";
        String field = problem.field().isEmpty() ? path : path + "." + problem.field();
        MetricParser.reject(
            batch,
            batch.indexes[i],
            metric.description.name,
            new Problem(problem.code(), field, problem.message()));
      }
    }
    return stored;
  }

  /** With many series their memory is far away: it is fetched for all rows at once. */
  private void touchAll(ParsedBatch batch) {
    int some = touched;
    for (int i = 0; i < batch.rows; i++) {
      HeadSeries series = batch.metrics[i].series();
      if (series != null) {
        some += series.touch();
      }
    }
    touched = some;
  }

  /** Null where it was stored, else the problem with a path that begins at the metric. */
  private static @Nullable Problem applyValue(
      KnownMetric metric, double value, long millis, SenderBatch target) {
    Problem wrong = wrongValue(metric, value, millis);
    if (wrong != null) {
      target.noteRefused();
      return wrong;
    }
    HeadSeries series = metric.series();
    if (series == null || !series.isLive()) {
      series = target.resolve(metric.labels());
      if (series == null) {
        return refused(target);
      }
      metric.found(series);
    }
    if (metric.description.createdMillis != MetricDescription.NOT_CREATED
        && metric.description.kind == ValueKind.COUNTER
        && metric.description.createdMillis < millis
        && series.isEmpty()) {
      target.append(series, metric.description.createdMillis, 0);
    }
    AppendOutcome outcome =
        switch (metric.description.kind) {
          case GAUGE, COUNTER -> target.append(series, millis, value);
          case COUNTER_DELTA -> target.addDelta(series, millis, value);
          case OBSERVATION -> target.observe(series, millis, value);
          case HISTOGRAM, HISTOGRAM_DELTA ->
              throw new IllegalStateException("a whole histogram without its parts");
        };
    return outcome.isStored() ? null : problem(outcome);
  }

  private static @Nullable Problem wrongValue(KnownMetric metric, double value, long millis) {
    return switch (metric.description.kind) {
      case GAUGE, HISTOGRAM, HISTOGRAM_DELTA -> null;
      case COUNTER -> {
        if (!(value >= 0)) {
          yield new Problem(
              ErrorCode.INVALID_COUNTER_VALUE, "value", "a counter is a number from 0 up");
        }
        yield metric.description.createdMillis != MetricDescription.NOT_CREATED
                && metric.description.createdMillis > millis
            ? createdLater()
            : null;
      }
      case COUNTER_DELTA ->
          value >= 0 && value != Double.POSITIVE_INFINITY
              ? null
              : new Problem(
                  ErrorCode.INVALID_COUNTER_VALUE,
                  "value",
                  "a counter grows by a number from 0 up");
      case OBSERVATION ->
          Double.isFinite(value)
              ? null
              : new Problem(ErrorCode.INVALID_VALUE, "value", "an observation is a finite number");
    };
  }

  private static Problem createdLater() {
    return new Problem(
        ErrorCode.INVALID_CREATED, "created", "is later than the time of the sample");
  }

  private static @Nullable Problem applyHistogram(
      KnownMetric metric, HistogramValue histogram, long millis, SenderBatch target) {
    if (metric.description.createdMillis != MetricDescription.NOT_CREATED
        && metric.description.createdMillis > millis) {
      target.noteRefused();
      return createdLater();
    }
    return switch (histogram) {
      case HistogramValue.Native whole -> applyNative(metric, whole.histogram(), millis, target);
      case HistogramValue.Classic classic -> applyClassic(metric, classic, millis, target);
    };
  }

  private static @Nullable Problem applyNative(
      KnownMetric metric, Histogram histogram, long millis, SenderBatch target) {
    HeadSeries series = target.resolve(metric.labels());
    if (series == null) {
      return refused(target);
    }
    if (isNew(metric, series, millis)) {
      Histogram zero =
          Histogram.builder()
              .schema(histogram.schema())
              .zeroThreshold(histogram.zeroThreshold())
              .customValues(histogram.customValues())
              .build();
      target.append(series, metric.description.createdMillis, zero);
    }
    AppendOutcome outcome = target.append(series, millis, histogram);
    return outcome.isStored() ? null : problem(outcome);
  }

  /**
   * Resolves all series before it appends to any, so that a refused one leaves no half histogram.
   */
  private static @Nullable Problem applyClassic(
      KnownMetric metric, HistogramValue.Classic classic, long millis, SenderBatch target) {
    boolean delta = metric.description.kind == ValueKind.HISTOGRAM_DELTA;
    if (delta && !(classic.sum() >= 0 && Double.isFinite(classic.sum()))) {
      target.noteRefused();
      return new Problem(
          ErrorCode.INVALID_HISTOGRAM,
          "value.sum",
          "must be finite and not negative where the temporality is delta");
    }
    int bounds = classic.upperBounds().length;
    HeadSeries[] series = new HeadSeries[bounds + 3];
    double[] values = new double[bounds + 3];
    Labels bucket = metric.labels().with(Labels.METRIC_NAME, metric.description.name + "_bucket");
    for (int i = 0; i <= bounds; i++) {
      double bound = i < bounds ? classic.upperBounds()[i] : Double.POSITIVE_INFINITY;
      HeadSeries one = target.resolve(bucket.with("le", BoundText.of(bound)));
      if (one == null) {
        return refusedPart(target);
      }
      series[i] = one;
      values[i] = i < bounds ? classic.cumulativeCounts()[i] : classic.count();
    }
    for (int i = 0; i < 2; i++) {
      String suffix = i == 0 ? "_sum" : "_count";
      HeadSeries one =
          target.resolve(
              metric.labels().with(Labels.METRIC_NAME, metric.description.name + suffix));
      if (one == null) {
        return refusedPart(target);
      }
      series[bounds + 1 + i] = one;
      values[bounds + 1 + i] = i == 0 ? classic.sum() : classic.count();
    }
    Problem first = null;
    for (int i = 0; i < series.length; i++) {
      if (!delta && isNew(metric, series[i], millis)) {
        target.append(series[i], metric.description.createdMillis, 0);
      }
      AppendOutcome outcome =
          delta
              ? target.addDelta(series[i], millis, values[i])
              : target.append(series[i], millis, values[i]);
      if (!outcome.isStored() && first == null) {
        first = problem(outcome);
      }
    }
    return first;
  }

  private static boolean isNew(KnownMetric metric, HeadSeries series, long millis) {
    return metric.description.createdMillis != MetricDescription.NOT_CREATED
        && metric.description.createdMillis < millis
        && series.isEmpty();
  }

  /** Of some of its series, too, which the sender may have had before. */
  private static Problem refusedPart(SenderBatch target) {
    target.noteRefused();
    return refused(target);
  }

  private static Problem refused(SenderBatch target) {
    return switch (target.rejection()) {
      case SERIES_LIMIT ->
          new Problem(
              ErrorCode.SERIES_LIMIT_REACHED,
              "",
              "the service has as many series as it may; those that exist go on");
      case EVENT_FULL ->
          new Problem(
              ErrorCode.BATCH_TOO_LARGE,
              "labels",
              "the new series of the event have longer labels than one event may define");
      case OTHER_SENDER ->
          new Problem(
              ErrorCode.SERIES_OF_OTHER_SENDER,
              "labels",
              "another instance of the service writes the series with these labels");
      case DAMAGED ->
          new Problem(
              ErrorCode.STORAGE_UNAVAILABLE,
              "",
              "what the series had is damaged on the disk, and comes back with the next start");
    };
  }

  private static Problem problem(AppendOutcome outcome) {
    return switch (outcome) {
      case ACCEPTED, DUPLICATE -> throw new IllegalStateException("nothing is wrong");
      case CONFLICT ->
          new Problem(
              ErrorCode.DUPLICATE_TIMESTAMP,
              "timestamp",
              "the series has another value at that time, which stays");
      case TOO_OLD ->
          new Problem(
              ErrorCode.OUT_OF_ORDER_TOO_OLD,
              "timestamp",
              "is further behind the series' newest sample than the out-of-order window");
      case TOO_NEW ->
          new Problem(
              ErrorCode.TIMESTAMP_TOO_FAR_IN_FUTURE,
              "timestamp",
              "is further ahead of the service's clock than clocks may differ");
      case DAMAGED ->
          new Problem(
              ErrorCode.STORAGE_UNAVAILABLE,
              "timestamp",
              "what the series had then is damaged on the disk, and comes back with the next start");
      case INVALID ->
          new Problem(ErrorCode.INVALID_VALUE, "value", "is not one that the series can take");
    };
  }
}
