package dnd.metrics.client;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;

/**
 * The answer to a query, which prints as a table of lines.
 *
 * @param series what the expression gave; a scalar is one series without labels
 * @param text what an expression of type string gave, else empty
 * @param warnings what may make the answer wrong, in Prometheus's words
 * @param infos what may make it surprising
 */
public record QueryResult(
    Type type,
    List<ResultSeries> series,
    String text,
    List<String> warnings,
    List<String> infos,
    String correlationId) {

  /** The types of PromQL. */
  public enum Type {
    SCALAR,
    STRING,
    VECTOR,
    MATRIX
  }

  public QueryResult {
    series = List.copyOf(series);
    warnings = List.copyOf(warnings);
    infos = List.copyOf(infos);
  }

  public boolean isEmpty() {
    return series.isEmpty() && type != Type.STRING;
  }

  /**
   * The newest value of the only series.
   *
   * @throws NoSuchElementException where there is none, or more than one
   */
  public double value() {
    if (series.size() != 1) {
      throw new NoSuchElementException("the result has " + series.size() + " series, not one");
    }
    return series.get(0).last().orElseThrow().value();
  }

  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  @Override
  public String toString() {
    if (type == Type.STRING) {
      return text;
    }
    return series.stream()
        .map(one ->
            one.selector()
                + "  "
                + one.samples().stream().map(Sample::toString).collect(Collectors.joining(", ")))
        .collect(Collectors.joining("\n"));
  }
}
