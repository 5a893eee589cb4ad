package dnd.metrics.server.rules.unittest;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.SequenceValue;
import dnd.metrics.server.promql.parse.SeriesDescription;
import dnd.metrics.server.rules.unittest.UnitTest.InputSeries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The input of one test, which is given to its storage as time goes on. */
final class InputSamples {
  private final List<Series> series;

  private InputSamples(List<Series> series) {
    this.series = series;
  }

  /**
   * Reads the series; of two with the same labels the later one counts, as in promtool.
   *
   * @throws UnitTestException where one is not in PromQL's test notation, or there are too many
   */
  static InputSamples read(
      List<InputSeries> input, long startMillis, long stepMillis, TestBudget budget)
      throws UnitTestException {
    Map<Labels, Series> byLabels = new LinkedHashMap<>();
    for (int i = 0; i < input.size(); i++) {
      String text = input.get(i).series() + " " + input.get(i).values();
      try {
        SeriesDescription description = SeriesDescription.parse(text, budget.valuesLeft());
        RuleTestRunner.refuse(budget.takeValues(weight(description)));
        byLabels.put(description.labels(), new Series(description, startMillis, stepMillis));
      } catch (ParseException e) {
        // Promtool's line: its text begins with one that names the step.
        String message = String.valueOf(e.getMessage()).replaceFirst("^1:", (i + 2) + ":");
        throw new UnitTestException(List.of(message + " in input_series[" + i + "]: " + text));
      }
    }
    return new InputSamples(new ArrayList<>(byLabels.values()));
  }

  private static long weight(SeriesDescription description) {
    return description.values().stream().mapToLong(SequenceValue::weight).sum();
  }

  /**
   * Gives the storage all samples up to a time.
   *
   * @return why some could not be stored
   */
  List<String> loadUntil(long timeMillis, TestStorage storage) {
    List<String> problems = new ArrayList<>();
    for (Series one : series) {
      one.loadUntil(timeMillis, storage, problems);
    }
    return problems;
  }

  /** One series and how far it has been loaded. */
  private static final class Series {
    private final SeriesDescription description;
    private final long startMillis;
    private final long stepMillis;
    private int next;

    Series(SeriesDescription description, long startMillis, long stepMillis) {
      this.description = description;
      this.startMillis = startMillis;
      this.stepMillis = stepMillis;
    }

    void loadUntil(long timeMillis, TestStorage storage, List<String> problems) {
      for (; next < description.values().size(); next++) {
        long time = startMillis + next * stepMillis;
        if (time > timeMillis) {
          return;
        }
        String problem =
            switch (description.values().get(next)) {
              case SequenceValue.Omitted omitted -> null;
              case SequenceValue.FloatValue v ->
                  storage.add(description.labels(), time, v.value(), null);
              case SequenceValue.HistogramValue v ->
                  storage.add(description.labels(), time, 0, v.histogram());
            };
        if (problem != null) {
          problems.add(description.labels() + ": " + problem);
        }
      }
    }
  }
}
