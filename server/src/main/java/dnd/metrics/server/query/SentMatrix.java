package dnd.metrics.server.query;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the askers of a live range query were told of the points in its window: for each series a
 * ring of as many places as the window has steps. For one thread at a time.
 */
final class SentMatrix {
  private final LiveSteps steps;
  private final int places;
  private final Map<Labels, Told> told = new HashMap<>();

  /** The newest step that was told of; before the first it is one below it. */
  private long lastStep;

  private boolean begun;

  SentMatrix(LiveSteps steps) {
    this.steps = steps;
    this.places = steps.inWindow();
  }

  /** The points of one series; a place without one has neither value nor histogram. */
  private static final class Told {
    /** What it takes beside its points and labels, its place in the map included. */
    private static final long BYTES = 136;

    final long labelBytes;
    final boolean[] present;
    final double[] values;
    @Nullable Histogram @Nullable [] histograms;
    long newestPoint;
    private long histogramBytes;

    Told(int places, Labels labels) {
      labelBytes = labels.heapBytes();
      present = new boolean[places];
      values = new double[places];
    }

    static long bytes(int places, long labelBytes) {
      return BYTES + labelBytes + (1L + Double.BYTES) * places;
    }

    static long histogramPlacesBytes(int places) {
      return 16 + 4L * places;
    }

    long bytes() {
      int places = values.length;
      return bytes(places, labelBytes)
          + (histograms == null ? 0 : histogramPlacesBytes(places) + histogramBytes);
    }

    boolean isSame(int place, boolean now, double value, @Nullable Histogram histogram) {
      if (present[place] != now || !now) {
        return present[place] == now;
      }
      Histogram before = histograms == null ? null : histograms[place];
      return histogram == null
          ? before == null && Double.compare(values[place], value) == 0
          : histogram.equals(before);
    }

    void set(int place, double value, @Nullable Histogram histogram) {
      present[place] = true;
      values[place] = value;
      if (histogram != null && histograms == null) {
        histograms = new Histogram[values.length];
      }
      putHistogram(place, histogram);
    }

    void clear(int place) {
      present[place] = false;
      putHistogram(place, null);
    }

    private void putHistogram(int place, @Nullable Histogram histogram) {
      if (histograms == null) {
        return;
      }
      Histogram before = histograms[place];
      histogramBytes -= before == null ? 0 : before.heapBytes();
      histogramBytes += histogram == null ? 0 : histogram.heapBytes();
      histograms[place] = histogram;
    }
  }

  /** A point that is new or other than before; {@code present} is false where there is none now. */
  record Point(long timeMillis, boolean present, double value, @Nullable Histogram histogram) {}

  /** The changed points of a series, in order of time, at least one. */
  record SeriesChange(Labels labels, List<Point> points) {
    long firstMillis() {
      return points.getFirst().timeMillis();
    }

    /** Without the points before that time. */
    Stream<SeriesChange> since(long millis) {
      List<Point> later = points.stream().filter(p -> p.timeMillis() >= millis).toList();
      return later.isEmpty() ? Stream.empty() : Stream.of(new SeriesChange(labels, later));
    }
  }

  long lastStep() {
    return lastStep;
  }

  /** About what it takes. */
  long bytes() {
    return told.values().stream().mapToLong(Told::bytes).sum();
  }

  /** About what it takes at most once those are told. */
  long bytesWith(List<MatrixSeries> evaluated) {
    long bytes = bytes();
    for (MatrixSeries series : evaluated) {
      if (!told.containsKey(series.labels())) {
        bytes += Told.bytes(places, series.labels().heapBytes());
      }
      bytes += series.histograms() == null ? 0 : Told.histogramPlacesBytes(places);
      for (int i = 0; series.histograms() != null && i < series.size(); i++) {
        Histogram histogram = series.histogram(i);
        bytes += histogram == null ? 0 : histogram.heapBytes();
      }
    }
    return bytes;
  }

  /**
   * Takes the evaluated steps for told.
   *
   * @param from the first step that was evaluated, within the window or up to one behind it
   * @param to the last one, which becomes the window's newest
   * @return what is different in them
   */
  List<SeriesChange> advance(List<MatrixSeries> evaluated, long from, long to) {
    slide(to);
    Map<Labels, MatrixSeries> now = HashMap.newHashMap(evaluated.size());
    evaluated.forEach(series -> now.put(series.labels(), series));
    List<SeriesChange> changes = new ArrayList<>();
    for (Map.Entry<Labels, Told> entry : told.entrySet()) {
      MatrixSeries series = now.remove(entry.getKey());
      addChange(changes, entry.getKey(), entry.getValue(), series, from, to);
    }
    for (MatrixSeries series : now.values()) {
      Told fresh = new Told(places, series.labels());
      told.put(series.labels(), fresh);
      addChange(changes, series.labels(), fresh, series, from, to);
    }
    long oldest = steps.oldestOf(to);
    for (Iterator<Told> each = told.values().iterator(); each.hasNext(); ) {
      if (each.next().newestPoint < oldest) {
        each.remove();
      }
    }
    changes.sort((a, b) -> a.labels().compareTo(b.labels()));
    return changes;
  }

  /** Frees the places of the steps that come into the window. */
  private void slide(long to) {
    long last = begun ? lastStep : to;
    begun = true;
    if (to - last >= places) {
      told.clear();
    } else {
      for (Told series : told.values()) {
        for (long step = last + 1; step <= to; step++) {
          series.clear(place(step));
        }
      }
    }
    lastStep = Math.max(last, to);
  }

  private int place(long step) {
    return (int) Math.floorMod(step, (long) places);
  }

  private void addChange(
      List<SeriesChange> changes,
      Labels labels,
      Told series,
      @Nullable MatrixSeries evaluated,
      long from,
      long to) {
    List<Point> points = new ArrayList<>();
    int i = 0;
    if (evaluated != null) {
      int at = Arrays.binarySearch(evaluated.timestampsMillis(), steps.timeMillis(from));
      i = at < 0 ? -at - 1 : at;
    }
    for (long step = from; step <= to; step++) {
      long time = steps.timeMillis(step);
      boolean present =
          evaluated != null && i < evaluated.size() && evaluated.timestampsMillis()[i] == time;
      double value = 0;
      Histogram histogram = null;
      if (evaluated != null && present) {
        value = evaluated.values()[i];
        histogram = evaluated.histogram(i++);
      }
      int place = place(step);
      if (!series.isSame(place, present, value, histogram)) {
        points.add(new Point(time, present, value, histogram));
      }
      if (present) {
        series.set(place, value, histogram);
        series.newestPoint = Math.max(series.newestPoint, step);
      } else {
        series.clear(place);
      }
    }
    if (!points.isEmpty()) {
      changes.add(new SeriesChange(labels, points));
    }
  }
}
