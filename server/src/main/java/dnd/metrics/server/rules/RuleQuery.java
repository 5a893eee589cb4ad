package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryResult;
import dnd.metrics.server.promql.exec.QueryValue;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import java.util.List;

/** Where rules and their templates get the value of an expression. */
@FunctionalInterface
public interface RuleQuery {
  /**
   * The value at one time; a scalar is a sample without labels.
   *
   * @throws QueryException where there is none
   */
  List<VectorSample> at(String expression, long atMillis);

  /** The value of a rule's query at one time, as the method above has it. */
  default List<VectorSample> at(PreparedRule rule, long atMillis) {
    return at(rule.rule().expr(), atMillis);
  }

  /**
   * Told how long a text is that a template of an alert has made.
   *
   * @throws QueryException where no more may be made
   */
  default void made(int chars) {}

  /** Asks an engine of what a source holds. */
  static RuleQuery of(QueryEngine engine, SeriesSource source, QueryOptions options) {
    return new RuleQuery() {
      @Override
      public List<VectorSample> at(String expression, long atMillis) {
        return samples(engine.instant(source, expression, atMillis, options));
      }

      @Override
      public List<VectorSample> at(PreparedRule rule, long atMillis) {
        return samples(engine.instant(source, rule.rule().expr(), rule.expr(), atMillis, options));
      }
    };
  }

  private static List<VectorSample> samples(QueryResult result) {
    return switch (result.value()) {
      case QueryValue.VectorValue vector -> vector.samples();
      case QueryValue.ScalarValue scalar ->
          List.of(new VectorSample(Labels.empty(), scalar.timestampMillis(), scalar.value(), null));
      case QueryValue.StringValue _, QueryValue.MatrixValue _ ->
          throw new QueryException(
              QueryException.Type.EXECUTION, "rule result is not a vector or scalar");
    };
  }
}
