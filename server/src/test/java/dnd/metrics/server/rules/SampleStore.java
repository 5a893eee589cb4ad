package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.promql.exec.ArraySource;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where rules write in tests, and queries read. */
final class SampleStore implements RuleOutput {
  final ArraySource source = new ArraySource();

  /** Labels that are refused, with the reason. */
  final Map<Labels, String> refused = new HashMap<>();

  void add(Labels labels, long timeMillis, double value) {
    source.add(labels, timeMillis, value);
  }

  @Override
  public Map<Labels, String> write(
      int rule, List<VectorSample> samples, List<Labels> ended, long atMillis) {
    Map<Labels, String> reasons = new HashMap<>();
    for (VectorSample sample : samples) {
      String reason = refused.get(sample.labels());
      if (reason == null) {
        source.add(
            sample.labels(),
            sample.timestampMillis(),
            new ArraySource.Sample(sample.value(), sample.histogram()));
      } else {
        reasons.put(sample.labels(), reason);
      }
    }
    for (Labels labels : ended) {
      String reason = refused.get(labels);
      if (reason == null) {
        add(labels, atMillis, StaleMarker.VALUE);
      } else {
        reasons.put(labels, reason);
      }
    }
    return reasons;
  }

  /** The samples of the series, as {@code time=value}; a stale marker is {@code time=stale}. */
  List<String> samples(Labels labels) {
    List<String> texts = new ArrayList<>();
    source
        .samples(labels)
        .forEach((time, sample) ->
            texts.add(
                time + "=" + (StaleMarker.is(sample.value()) ? "stale" : "" + sample.value())));
    return texts;
  }
}
