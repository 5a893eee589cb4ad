package dnd.metrics.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * What one interval of {@code bench soak} or {@code bench day} was like; times in milliseconds, NaN
 * where nothing ran or nothing is known.
 */
record SoakInterval(
    double minute,
    double samplesPerSecond,
    double serverCores,
    double residentMegabytes,
    double anonymousMegabytes,
    double heapCommittedMegabytes,
    double heapUsedMegabytes,
    double headSeries,
    double chunkFileMegabytes,
    double blocks,
    double diskMegabytes,
    double pushMedian,
    double pushP99,
    double hostQueryMedian,
    double hostQueryP99,
    double sumQueryMedian,
    double sumQueryP99,
    double alertMedian,
    double alertMax) {

  /** A figure of an interval, with its name and unit. */
  record Figure(String name, ToDoubleFunction<SoakInterval> of) {}

  static final List<Figure> FIGURES =
      List.of(
          new Figure("samples/s", SoakInterval::samplesPerSecond),
          new Figure("server cores", SoakInterval::serverCores),
          new Figure("resident MB", SoakInterval::residentMegabytes),
          new Figure("anonymous MB", SoakInterval::anonymousMegabytes),
          new Figure("heap MB", SoakInterval::heapCommittedMegabytes),
          new Figure("heap in use MB", SoakInterval::heapUsedMegabytes),
          new Figure("head series", SoakInterval::headSeries),
          new Figure("chunk files MB", SoakInterval::chunkFileMegabytes),
          new Figure("blocks", SoakInterval::blocks),
          new Figure("disk MB", SoakInterval::diskMegabytes),
          new Figure("push p50 ms", SoakInterval::pushMedian),
          new Figure("push p99 ms", SoakInterval::pushP99),
          new Figure("query of a host p50 ms", SoakInterval::hostQueryMedian),
          new Figure("query of a host p99 ms", SoakInterval::hostQueryP99),
          new Figure("query of all p50 ms", SoakInterval::sumQueryMedian),
          new Figure("query of all p99 ms", SoakInterval::sumQueryP99),
          new Figure("alert p50 ms", SoakInterval::alertMedian),
          new Figure("alert max ms", SoakInterval::alertMax));

  /** The header of the table of intervals, columns separated by tabs. */
  static String header() {
    StringBuilder line = new StringBuilder("minute");
    FIGURES.forEach(figure -> line.append('\t').append(figure.name()));
    return line.append('\n').toString();
  }

  /** A line of that table. */
  String line() {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%.2f", minute));
    for (Figure figure : FIGURES) {
      line.append('\t').append(String.format(Locale.ROOT, "%.6g", figure.of().applyAsDouble(this)));
    }
    return line.append('\n').toString();
  }

  /** A percentile in milliseconds; NaN of nothing. */
  static double millis(Histogram nanos, double percentile) {
    return nanos.getTotalCount() == 0 ? Double.NaN : nanos.getValueAtPercentile(percentile) / 1e6;
  }

  /** A row of a report with the medians of some intervals. */
  static Measured medians(String what, List<SoakInterval> some) {
    List<Object> figures = new ArrayList<>();
    for (Figure figure : FIGURES) {
      figures.add(figure.name());
      figures.add(median(figure.of(), some));
    }
    return Measured.of(what, "dnd-metrics", figures.toArray());
  }

  /** The median of a figure where it is known; NaN where it never is. */
  static double median(ToDoubleFunction<SoakInterval> figure, List<SoakInterval> some) {
    double[] values =
        some.stream().mapToDouble(figure).filter(value -> !Double.isNaN(value)).sorted().toArray();
    return values.length == 0 ? Double.NaN : values[values.length / 2];
  }
}
