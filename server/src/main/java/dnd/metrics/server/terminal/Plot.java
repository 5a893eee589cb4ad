package dnd.metrics.server.terminal;

import java.util.List;

/** Draws series into a canvas between two axes. For one thread. */
final class Plot {
  /** At least so many columns lie between two letters of one line. */
  private static final int LETTER_COLUMNS = 16;

  private final BrailleCanvas canvas;
  private final TimeAxis times;
  private final ValueAxis values;
  private final long stepMillis;
  private final int seriesCount;

  Plot(BrailleCanvas canvas, TimeAxis times, ValueAxis values, long stepMillis, int seriesCount) {
    this.canvas = canvas;
    this.times = times;
    this.values = values;
    this.stepMillis = stepMillis;
    this.seriesCount = seriesCount;
  }

  static char letter(int series) {
    return (char) ('a' + series);
  }

  static int dotY(BrailleCanvas canvas, ValueAxis values, double value) {
    double place = (value - values.low) / (values.high - values.low);
    return (int) Math.round(place * (canvas.dotsHigh() - 1));
  }

  private int dotX(long timeMillis) {
    return (int) Math.round(times.place(timeMillis) * (canvas.dotsWide() - 1));
  }

  void draw(AnswerSeries series, int number) {
    List<AnswerSample> samples = series.samples();
    AnswerSample before = null;
    for (AnswerSample sample : samples) {
      if (!Double.isFinite(sample.value())) {
        before = null;
        continue;
      }
      int x = dotX(sample.timeMillis());
      int y = dotY(canvas, values, sample.value());
      boolean joined =
          before != null && sample.timeMillis() - before.timeMillis() <= stepMillis * 1.5;
      if (before != null && joined) {
        int fromX = dotX(before.timeMillis());
        int fromY = dotY(canvas, values, before.value());
        canvas.line(fromX, fromY, x, y, number);
        letters(fromX, fromY, x, y, number);
      } else {
        canvas.dot(x, y, number);
      }
      before = sample;
    }
    if (seriesCount > 1 && before != null) {
      int x = dotX(before.timeMillis());
      canvas.letter(x, dotY(canvas, values, before.value()), letter(number), number);
    }
  }

  /** Puts the series' letter where its line crosses one of its own columns. */
  private void letters(int fromX, int fromY, int toX, int toY, int number) {
    if (seriesCount < 2) {
      return;
    }
    int every = Math.max(LETTER_COLUMNS, 4 * seriesCount);
    int offset = 3 + number * every / seriesCount;
    for (int x = fromX; x < toX; x++) {
      if (x % 2 == 0 && (x / 2) % every == offset % every) {
        double share = (x - fromX) / (double) (toX - fromX);
        int y = (int) Math.round(fromY + share * (toY - fromY));
        canvas.letter(x, y, letter(number), number);
      }
    }
  }
}
