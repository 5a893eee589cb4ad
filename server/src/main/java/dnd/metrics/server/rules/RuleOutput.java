package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import java.util.List;
import java.util.Map;

/** Where the samples of rules go. */
@FunctionalInterface
public interface RuleOutput {
  /**
   * Writes what one rule came to. When it returns, the queries of the rules that follow see it.
   *
   * @param rule the rule's place in its group; -1 for series of rules that are gone
   * @param samples to be written
   * @param ended series that get a stale marker; where one can never be written that is no error
   * @param atMillis the time of the markers
   * @return the samples that were refused, by labels, with the reason; and series that could not be
   *     ended now and are to be ended with the next evaluation
   */
  Map<Labels, String> write(
      int rule, List<VectorSample> samples, List<Labels> ended, long atMillis);
}
