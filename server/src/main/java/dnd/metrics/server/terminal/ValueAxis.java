package dnd.metrics.server.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The vertical axis: from one round number to another, with round ticks between (1, 2 or 5 times a
 * power of ten apart).
 */
final class ValueAxis {
  final double low;
  final double high;
  private final double step;
  private final double unit;
  private final String unitName;

  private ValueAxis(double low, double high, double step) {
    this.low = low;
    this.high = high;
    this.step = step;
    double largest = Math.max(Math.abs(low), Math.abs(high));
    if (largest >= 1e15 || largest < 1e-3) {
      unit = 1;
      unitName = "e";
    } else if (largest >= 1e12) {
      unit = 1e12;
      unitName = "T";
    } else if (largest >= 1e9) {
      unit = 1e9;
      unitName = "G";
    } else if (largest >= 1e6) {
      unit = 1e6;
      unitName = "M";
    } else if (largest >= 1e4) {
      unit = 1e3;
      unitName = "k";
    } else {
      unit = 1;
      unitName = "";
    }
  }

  /** An axis that holds all values from {@code min} to {@code max}, with about so many ticks. */
  static ValueAxis of(double min, double max, int ticks) {
    double from = min;
    double to = max;
    if (from == to) {
      double margin = from == 0 ? 1 : Math.abs(from) * 0.1;
      from -= margin;
      to += margin;
    }
    if (min >= 0 && (min <= 0.5 * max || from < 0)) {
      from = 0; // an axis that begins at zero tells more
    }
    double step = roundUp((to - from) / Math.max(1, ticks));
    return new ValueAxis(Math.floor(from / step) * step, Math.ceil(to / step) * step, step);
  }

  private static double roundUp(double rough) {
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double digits = rough / power;
    double round = digits <= 1 ? 1 : digits <= 2 ? 2 : digits <= 5 ? 5 : 10;
    return round * power;
  }

  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    int count = (int) Math.round((high - low) / step);
    for (int i = 0; i <= count; i++) {
      double tick = low + i * step;
      ticks.add(Math.abs(tick) < step * 1e-9 ? 0.0 : tick);
    }
    return ticks;
  }

  String label(double tick) {
    if (unitName.equals("e")) {
      return String.format(Locale.ROOT, "%.2g", tick);
    }
    double unitStep = step / unit;
    int decimals = (int) Math.max(0, Math.ceil(-Math.log10(unitStep) - 1e-9));
    return String.format(Locale.ROOT, "%." + decimals + "f", tick / unit)
        + (tick == 0 ? "" : unitName);
  }
}
