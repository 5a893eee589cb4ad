package dnd.metrics.server.promql.parse;

import dnd.metrics.server.model.Labels;
import java.util.List;

/**
 * A series in the notation of Prometheus's test language and of rule tests: {@code foo{a="b"} 1 _
 * 2+3x5 stale {{count:3}}}.
 */
public record SeriesDescription(Labels labels, List<SequenceValue> values) {
  /** What one description may ask for; a larger one is a slip of the pen. */
  private static final int MAX_VALUES = 10_000_000;

  public SeriesDescription {
    values = List.copyOf(values);
  }

  /**
   * Reads a description.
   *
   * @throws ParseException where {@code text} is none
   */
  public static SeriesDescription parse(String text) {
    return parse(text, MAX_VALUES);
  }

  /**
   * Reads a description.
   *
   * @param maxValues the most that the values which repetitions make may {@linkplain
   *     SequenceValue#weight weigh}; that is known before they are made
   * @throws ParseException where {@code text} is none
   */
  public static SeriesDescription parse(String text, int maxValues) {
    MetricParser metric = new MetricParser(text);
    Labels labels = metric.labels();
    SequenceParser sequence = new SequenceParser(text, metric.position(), maxValues);
    return new SeriesDescription(labels, sequence.values());
  }
}
