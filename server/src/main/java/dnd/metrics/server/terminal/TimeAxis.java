package dnd.metrics.server.terminal;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The horizontal axis: ticks at round times, in UTC. */
final class TimeAxis {
  private static final long[] STEPS_SECONDS = {
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    10_800,
    21_600,
    43_200,
    86_400,
    172_800,
    604_800,
    1_209_600,
    2_592_000,
    7_776_000,
    31_536_000
  };

  final long startMillis;
  final long endMillis;
  private final long stepMillis;
  private final DateTimeFormatter format;

  TimeAxis(long startMillis, long endMillis, int columns) {
    this.startMillis = startMillis;
    this.endMillis = Math.max(endMillis, startMillis + 1);
    long span = this.endMillis - startMillis;
    String pattern = span > 36 * 3_600_000L ? "MM-dd HH:mm" : "HH:mm";
    int longest = Math.max(pattern.length(), "HH:mm:ss".length());
    int room = Math.max(1, columns / (longest + 5));
    long step = STEPS_SECONDS[STEPS_SECONDS.length - 1];
    for (int i = STEPS_SECONDS.length - 1; i >= 0; i--) {
      if (span / (STEPS_SECONDS[i] * 1000) <= room) {
        step = STEPS_SECONDS[i];
      }
    }
    if (step < 60) {
      pattern = "HH:mm:ss";
    } else if (step >= 86_400) {
      pattern = "yyyy-MM-dd";
    }
    stepMillis = step * 1000;
    format = DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
  }

  /** Where a time lies, from 0 at the start to 1 at the end. */
  double place(long millis) {
    return (millis - startMillis) / (double) (endMillis - startMillis);
  }

  List<Long> ticks() {
    List<Long> ticks = new ArrayList<>();
    long first = Math.floorDiv(startMillis + stepMillis - 1, stepMillis) * stepMillis;
    for (long tick = first; tick <= endMillis; tick += stepMillis) {
      ticks.add(tick);
    }
    return ticks;
  }

  String label(long tick) {
    return format.format(Instant.ofEpochMilli(tick));
  }
}
