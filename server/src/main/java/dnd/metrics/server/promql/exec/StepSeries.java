package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labeled;
import dnd.metrics.server.model.Labels;
import org.jspecify.annotations.Nullable;

/**
 * A series over the steps of a grid. At step i it has the native histogram {@code histograms[i]}
 * where there is one, else the float {@code values[i]}, else, where that is {@link Absent},
 * nothing. Where there is a histogram the value is {@link Absent}. Whoever holds a series owns it:
 * may change it in place, and gives it back to the {@link QueryContext} when done. Fields are open
 * because loops over them are what a query spends its time in. For one thread at a time.
 */
final class StepSeries {
  private static final int TEXT_BYTES = 56;

  private Labeled labeled;

  /** Whether the metric's name is to be dropped at the end (delayed name removal). */
  boolean dropName;

  /** At least as long as the grid's number of steps. */
  final double[] values;

  @Nullable Histogram @Nullable [] histograms;

  /** For how much beside the array of values the query's memory has been counted. */
  long countedBytes;

  private int madeLabelBytes;
  private int madeTextBytes;

  StepSeries(Labeled labeled, boolean dropName, double[] values) {
    this.labeled = labeled;
    this.madeLabelBytes = labeled.newLabelBytes();
    this.dropName = dropName;
    this.values = values;
  }

  /** Whose labels it has. */
  Labeled labeled() {
    return labeled;
  }

  /** Its labels, made where they are not there yet; they are counted from the beginning. */
  Labels labels() {
    if (labeled instanceof Labels there) {
      return there;
    }
    Labels made = labeled.labels();
    labeled = made;
    return made;
  }

  /** What its labels take, where they were made for it. */
  int heldLabelBytes() {
    return labeled instanceof Labels ? madeLabelBytes + madeTextBytes : 0;
  }

  /**
   * Gives it labels that were made for it.
   *
   * @param textBytes what new texts in them take
   */
  @SuppressWarnings("ReferenceEquality") // whether there are new ones, whatever is in them
  void relabel(Labels made, int textBytes) {
    if (made != labeled) {
      labeled = made;
      madeLabelBytes = made.heapBytes();
      madeTextBytes += textBytes;
    }
  }

  /** Drops what says which metric it is of; labels that are not made yet are not made for that. */
  void dropNameNow() {
    if (labeled instanceof Labels there) {
      relabel(MetricNames.drop(there), 0);
    } else {
      labeled = new Nameless(labeled);
    }
  }

  /** What a text of that many characters takes. */
  static int textBytes(int length) {
    return TEXT_BYTES + length;
  }

  /** What it takes beside its values: labels that were made for it, and histograms. */
  @SuppressWarnings("ReferenceEquality") // one that stands at several steps is held once
  long bytesBesideValues() {
    long bytes = (long) madeLabelBytes + madeTextBytes;
    if (histograms != null) {
      bytes += 16 + 4L * histograms.length;
      Histogram last = null;
      for (Histogram histogram : histograms) {
        if (histogram != null && histogram != last) {
          bytes += histogram.heapBytes();
        }
        last = histogram;
      }
    }
    return bytes;
  }

  boolean has(int step) {
    return !Absent.is(values[step]) || (histograms != null && histograms[step] != null);
  }

  boolean hasFloat(int step) {
    return !Absent.is(values[step]);
  }

  @Nullable Histogram histogram(int step) {
    return histograms == null ? null : histograms[step];
  }

  /** Whether there is a histogram at any of the steps. */
  boolean hasHistograms(int steps) {
    if (histograms == null) {
      return false;
    }
    for (int i = 0; i < steps; i++) {
      if (histograms[i] != null) {
        return true;
      }
    }
    return false;
  }

  void setHistogram(int step, Histogram histogram) {
    if (histograms == null) {
      histograms = new Histogram[values.length];
    }
    histograms[step] = histogram;
    values[step] = Absent.VALUE;
  }

  void setFloat(int step, double value) {
    values[step] = value;
    if (histograms != null) {
      histograms[step] = null;
    }
  }

  void setAbsent(int step) {
    values[step] = Absent.VALUE;
    if (histograms != null) {
      histograms[step] = null;
    }
  }

  boolean isEmpty(int steps) {
    return firstStep(steps) == steps;
  }

  /** The first step that has a sample, or {@code steps} where none has. */
  int firstStep(int steps) {
    int i = 0;
    while (i < steps && !has(i)) {
      i++;
    }
    return i;
  }

  /** How many of the steps have a sample. */
  int count(int steps) {
    int n = 0;
    for (int i = 0; i < steps; i++) {
      n += has(i) ? 1 : 0;
    }
    return n;
  }

  /** Takes the sample that {@code other} has at a step, if it has one. */
  void take(int step, StepSeries other) {
    Histogram h = other.histogram(step);
    if (h != null) {
      setHistogram(step, h);
    } else {
      setFloat(step, other.values[step]);
    }
  }
}
