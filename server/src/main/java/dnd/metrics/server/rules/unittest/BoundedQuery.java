package dnd.metrics.server.rules.unittest;

import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import dnd.metrics.server.rules.PreparedRule;
import dnd.metrics.server.rules.RuleQuery;
import java.util.List;

/** Queries of tests, which end at the latest when the tests' time is over. */
final class BoundedQuery implements RuleQuery {
  private final QueryEngine engine;
  private final SeriesSource source;
  private final TestBudget budget;

  BoundedQuery(QueryEngine engine, SeriesSource source, TestBudget budget) {
    this.engine = engine;
    this.source = source;
    this.budget = budget;
  }

  @Override
  public List<VectorSample> at(String expression, long atMillis) {
    return next().at(expression, atMillis);
  }

  @Override
  public List<VectorSample> at(PreparedRule rule, long atMillis) {
    return next().at(rule, atMillis);
  }

  @Override
  public void made(int chars) {
    String problem = budget.takeChars(chars);
    if (problem != null) {
      throw new QueryException(QueryException.Type.EXECUTION, problem);
    }
  }

  private RuleQuery next() {
    return RuleQuery.of(
        engine, source, QueryOptions.defaults().withTimeoutMillis(budget.queryMillis()));
  }
}
