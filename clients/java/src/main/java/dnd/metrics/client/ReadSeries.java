package dnd.metrics.client;

import java.util.List;
import java.util.Map;

/** A series as an answer, or a part of one, has it. */
record ReadSeries(Map<String, String> labels, List<ReadSample> samples) {
  /** Without the points that are no more. */
  List<Sample> present() {
    return samples.stream().map(ReadSample::sample).filter(sample -> sample != null).toList();
  }
}
