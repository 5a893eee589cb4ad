package dnd.metrics.server.rules;

import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Queries of rules on the service's own data. A fault of ours is an error of the rule. */
final class EngineQuery implements RuleQuery {
  private static final Logger LOG = LoggerFactory.getLogger(EngineQuery.class);

  private final RuleQuery query;

  EngineQuery(QueryEngine engine, SeriesSource source) {
    this.query = RuleQuery.of(engine, source, QueryOptions.defaults());
  }

  @Override
  public List<VectorSample> at(String expression, long atMillis) {
    return guarded(expression, () -> query.at(expression, atMillis));
  }

  @Override
  public List<VectorSample> at(PreparedRule rule, long atMillis) {
    return guarded(rule.rule().expr(), () -> query.at(rule, atMillis));
  }

  private static List<VectorSample> guarded(String expression, Supplier<List<VectorSample>> value) {
    try {
      return value.get();
    } catch (QueryException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("the query {} failed", expression, e);
      throw new QueryException(QueryException.Type.INTERNAL, "internal error: " + e, e);
    }
  }
}
