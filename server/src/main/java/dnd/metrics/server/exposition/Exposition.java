package dnd.metrics.server.exposition;

import dnd.metrics.events.Metric;
import java.util.List;

/**
 * What a text exposes, ready to be pushed.
 *
 * @param metrics in the order of the text; a classic histogram is one metric
 * @param exemplars how many exemplars were left out, since events carry none
 * @param creationTimes how many creation times were left out, since only counters have them in
 *     events
 */
public record Exposition(
    ExpositionFormat format, List<Metric> metrics, int exemplars, int creationTimes) {
  public Exposition {
    metrics = List.copyOf(metrics);
  }

  /**
   * Reads a whole text in either format.
   *
   * @throws ExpositionException with the line where it is neither
   */
  public static Exposition parse(String text) throws ExpositionException {
    return new ExpositionReader(text, ExpositionFormat.of(text)).read();
  }

  /**
   * Reads one sample without a family, such as {@code name{label="x"} 3}, in the Prometheus format:
   * its type is unknown, so it is a gauge.
   *
   * @throws ExpositionException where it is none
   */
  public static Metric parseSample(String text) throws ExpositionException {
    ExpositionSample sample = new SampleScanner(text, 1, ExpositionFormat.PROMETHEUS).sample();
    return FamilyMetrics.gauge(sample, null, null);
  }
}
