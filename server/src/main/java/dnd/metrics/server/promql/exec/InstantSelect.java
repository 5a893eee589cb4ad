package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.promql.plan.Selection;
import dnd.metrics.server.promql.plan.StepGrid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instant selector: at every step the newest sample of each series that is younger than the
 * lookback, unless that is a stale marker. Every chunk is decoded once; steps and samples are
 * merged in one pass. Where there is one step, and nothing came behind it, no chunk need be.
 */
final class InstantSelect implements SeriesOperator, SeriesLeaf {
  /** What is taken from the sample that was found. */
  enum Take {
    VALUE,
    /** Its time, in seconds. */
    TIMESTAMP,
    /** When its counting began, in seconds. */
    START_TIMESTAMP,
    /** Its time, in milliseconds, under the series' own name. */
    INFO_TIMESTAMP
  }

  private final QueryContext context;
  private final Selection selection;
  private final StepGrid times;
  private final Take take;
  private final SampleBatch batch = new SampleBatch();
  private @Nullable List<? extends Series> series;
  private int nextSeries;

  /**
   * @param times when to look, a time a step
   */
  InstantSelect(QueryContext context, Selection selection, StepGrid times, Take take) {
    this.context = context;
    this.selection = selection;
    this.times = times;
    this.take = take;
  }

  @Override
  public void over(List<? extends Series> found) {
    series = found;
    nextSeries = 0;
  }

  @Override
  public @Nullable StepSeries next() {
    if (series == null) {
      series = context.select(selection);
    }
    while (nextSeries < series.size()) {
      context.check();
      Series one = series.get(nextSeries++);
      double[] values = context.absentArray(times.count());
      StepSeries out = new StepSeries(one, false, values);
      if (fill(out, one)) {
        if (take == Take.TIMESTAMP || take == Take.START_TIMESTAMP) {
          context.dropName(out);
        }
        context.count(out);
        return out;
      }
      context.release(out);
    }
    return null;
  }

  /** Returns whether there was any sample. */
  private boolean fill(StepSeries out, Series from) {
    Cursor cursor = new Cursor(out, times, context.lookbackMillis, take);
    long read = 0;
    if (times.count() == 1 && readNewest(from)) {
      read = batch.size;
      merge(cursor);
    } else {
      SampleReader reader = context.read(from, selection);
      while (cursor.step < times.count() && reader.next(batch)) {
        read += batch.size;
        merge(cursor);
      }
    }
    context.counts.addSamples(read);
    cursor.emitRest();
    return cursor.found;
  }

  private boolean readNewest(Series from) {
    long to = Math.min(selection.toMillis(), times.startMillis());
    return !selection.onlyStatistics() && from.readNewest(selection.fromMillis(), to, batch);
  }

  private void merge(Cursor cursor) {
    if (batch.histograms != null || take != Take.VALUE) {
      cursor.mergeAny(batch);
    } else {
      cursor.mergeFloats(batch);
    }
  }

  /** Where merging of samples and steps stands, within one series. */
  private static final class Cursor {
    private final StepSeries out;
    private final StepGrid times;
    private final long lookbackMillis;
    private final Take take;
    private boolean found;
    private int step;
    private long lastTime = Long.MIN_VALUE / 2;
    private double lastValue = Absent.VALUE;
    private @Nullable Histogram lastHistogram;

    Cursor(StepSeries out, StepGrid times, long lookbackMillis, Take take) {
      this.out = out;
      this.times = times;
      this.lookbackMillis = lookbackMillis;
      this.take = take;
    }

    /** A stale marker is a value like others here: it is {@link Absent}. */
    void mergeFloats(SampleBatch batch) {
      long[] sampleTimes = batch.timestamps;
      double[] sampleValues = batch.values;
      double[] values = out.values;
      int steps = times.count();
      long stepMillis = times.stepMillis();
      int i = step;
      long time = times.time(i);
      long valueTime = lastTime;
      double value = lastHistogram == null ? lastValue : Absent.VALUE;
      boolean any = found;
      for (int k = 0; k < batch.size; k++) {
        long sampleTime = sampleTimes[k];
        while (time < sampleTime) {
          if (lastHistogram != null) {
            step = i;
            emit();
          } else if (valueTime > time - lookbackMillis) {
            values[i] = value;
            any |= !Absent.is(value);
          }
          time += stepMillis;
          if (++i == steps) {
            step = i;
            found |= any;
            return;
          }
        }
        lastHistogram = null;
        valueTime = sampleTime;
        value = sampleValues[k];
      }
      step = i;
      found |= any;
      lastTime = valueTime;
      lastValue = value;
    }

    void mergeAny(SampleBatch batch) {
      for (int k = 0; k < batch.size; k++) {
        long sampleTime = batch.timestamps[k];
        while (times.time(step) < sampleTime) {
          emit();
          if (++step == times.count()) {
            return;
          }
        }
        lastTime = sampleTime;
        Histogram histogram = batch.histograms == null ? null : batch.histograms[k];
        boolean stale = histogram == null ? Absent.is(batch.values[k]) : histogram.isStaleMarker();
        lastHistogram = null;
        if (stale) {
          lastValue = Absent.VALUE;
        } else {
          switch (take) {
            case VALUE -> {
              lastValue = histogram == null ? batch.values[k] : Absent.VALUE;
              lastHistogram = histogram;
            }
            case TIMESTAMP -> lastValue = sampleTime / 1000.0;
            case INFO_TIMESTAMP -> {
              lastValue = histogram == null ? sampleTime : Absent.VALUE;
              lastHistogram = histogram;
            }
            case START_TIMESTAMP ->
                lastValue = batch.startTimestamps == null ? 0 : batch.startTimestamps[k] / 1000.0;
          }
        }
      }
    }

    void emitRest() {
      for (; step < times.count(); step++) {
        emit();
      }
    }

    private void emit() {
      if (lastTime <= times.time(step) - lookbackMillis) {
        return;
      }
      if (lastHistogram != null) {
        if (take == Take.INFO_TIMESTAMP) {
          throw QueryException.execution(
              "this should be an info metric, with float samples: " + out.labels());
        }
        out.setHistogram(step, lastHistogram);
        found = true;
      } else {
        out.values[step] = lastValue;
        found |= !Absent.is(lastValue);
      }
    }
  }
}
