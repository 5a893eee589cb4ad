package dnd.metrics.server.promql.test;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.SequenceValue;
import dnd.metrics.server.promql.parse.SequenceValue.FloatValue;
import dnd.metrics.server.promql.parse.SequenceValue.HistogramValue;
import dnd.metrics.server.promql.parse.SequenceValue.Omitted;
import dnd.metrics.server.promql.test.LoadCommand.LoadedSeries;
import dnd.metrics.server.promql.test.MemorySeries.MemorySample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Carries out {@code load} commands. */
final class Loader {
  private final MemorySource source;

  Loader(MemorySource source) {
    this.source = source;
  }

  /**
   * Stores the command's series.
   *
   * @throws ScriptException where a series already has samples at these times or later
   */
  void load(LoadCommand command) {
    Map<Labels, List<MemorySample>> loaded = new LinkedHashMap<>();
    for (LoadedSeries series : command.series()) {
      loaded.put(series.labels(), samples(series, command.stepMillis()));
    }
    loaded.forEach((labels, samples) -> append(command, labels, samples));
    if (command.customBuckets()) {
      try {
        ClassicHistograms.convert(loaded)
            .forEach((labels, samples) -> append(command, labels, samples));
      } catch (IllegalArgumentException e) {
        throw new ScriptException(command.line(), String.valueOf(e.getMessage()));
      }
    }
  }

  private void append(LoadCommand command, Labels labels, List<MemorySample> samples) {
    for (MemorySample sample : samples) {
      if (!source.append(labels, sample)) {
        throw new ScriptException(
            command.line(),
            "series " + labels + " has samples at " + sample.timeMillis() + " ms or later");
      }
    }
  }

  private static List<MemorySample> samples(LoadedSeries series, long stepMillis) {
    List<MemorySample> samples = new ArrayList<>();
    for (int i = 0; i < series.values().size(); i++) {
      long time = i * stepMillis;
      long start = 0;
      if (!series.startOffsets().isEmpty()
          && series.startOffsets().get(i) instanceof FloatValue(double offset)) {
        start = time + (long) offset;
      }
      SequenceValue value = series.values().get(i);
      switch (value) {
        case Omitted omitted -> {}
        case FloatValue v -> samples.add(new MemorySample(time, v.value(), null, start));
        case HistogramValue v -> samples.add(new MemorySample(time, 0, v.histogram(), start));
      }
    }
    return samples;
  }
}
