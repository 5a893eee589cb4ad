package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.PositionRange;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * {@code limit_ratio}: of every group a share of the series, chosen by a hash of their labels. A
 * negative ratio chooses those that its complement leaves out.
 */
final class LimitRatioOperator implements SeriesOperator {
  /** 2^64 - 1, which as a double is 2^64. */
  private static final double HASHES = 0x1p64;

  private final QueryContext context;
  private final SeriesOperator inner;
  private final double[] ratios;
  private final int steps;
  private final PositionRange parameter;
  private boolean checked;
  private boolean anything;

  /**
   * @param ratios the share, a value a step
   * @param parameter where the parameter stands
   */
  LimitRatioOperator(
      QueryContext context,
      SeriesOperator inner,
      double[] ratios,
      int steps,
      PositionRange parameter) {
    this.context = context;
    this.inner = inner;
    this.ratios = ratios;
    this.steps = steps;
    this.parameter = parameter;
  }

  @Override
  public @Nullable StepSeries next() {
    if (!checked) {
      checked = true;
      try {
        anything = check();
      } finally {
        if (!anything) {
          SeriesList.exhaust(context, inner);
          warnOfCapped();
        }
      }
    }
    if (!anything) {
      return null;
    }
    StepSeries series;
    while ((series = inner.next()) != null) {
      context.check();
      double place = place(series.labels());
      for (int i = 0; i < steps; i++) {
        double ratio = Math.max(-1, Math.min(1, ratios[i]));
        boolean chosen = ratio >= 0 ? place < ratio : place >= 1 + ratio;
        if (!chosen) {
          series.setAbsent(i);
        }
      }
      if (!series.isEmpty(steps)) {
        return series;
      }
      context.release(series);
    }
    warnOfCapped();
    return null;
  }

  private boolean check() {
    double max = Double.NEGATIVE_INFINITY;
    double min = Double.POSITIVE_INFINITY;
    for (int i = 0; i < steps; i++) {
      if (Double.isNaN(ratios[i])) {
        throw QueryException.execution("Ratio value is NaN");
      }
      max = Math.max(max, ratios[i]);
      min = Math.min(min, ratios[i]);
    }
    return max != 0 || min != 0;
  }

  private void warnOfCapped() {
    double max = Double.NEGATIVE_INFINITY;
    double min = Double.POSITIVE_INFINITY;
    for (int i = 0; i < steps; i++) {
      max = Math.max(max, ratios[i]);
      min = Math.min(min, ratios[i]);
    }
    if (max > 1) {
      context.annotations.add(Annotation.invalidRatio(max, 1, parameter));
    }
    if (min < -1) {
      context.annotations.add(Annotation.invalidRatio(min, -1, parameter));
    }
  }

  /** A number from 0 until 1 that follows from the labels alone, the same as in Prometheus. */
  private static double place(Labels labels) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    labels.forEach((name, value) -> {
      write(out, name);
      write(out, value);
    });
    byte[] data = out.toByteArray();
    long hash = XxHash64.of(data, data.length);
    double unsigned = (hash >>> 1) * 2.0 + (hash & 1);
    return unsigned / HASHES;
  }

  private static void write(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < 255) {
      out.write(bytes.length);
    } else {
      out.write(255);
      out.write(bytes.length);
      out.write(bytes.length >> 8);
      out.write(bytes.length >> 16);
    }
    out.writeBytes(bytes);
  }
}
