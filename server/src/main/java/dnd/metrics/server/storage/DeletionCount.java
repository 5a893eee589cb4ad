package dnd.metrics.server.storage;

import dnd.metrics.server.model.Labels;
import java.util.List;

/**
 * What a deletion would delete.
 *
 * @param series how many series have samples there
 * @param samples how many samples; where there are very many, at least so many
 * @param isWhole whether all samples were counted
 * @param oldestMillis the time of the first of those counted; the largest long for none
 * @param newestMillis the time of the last of those counted; the smallest long for none
 * @param examples some of the series
 */
public record DeletionCount(
    long series,
    long samples,
    boolean isWhole,
    long oldestMillis,
    long newestMillis,
    List<Labels> examples) {
  public DeletionCount {
    examples = List.copyOf(examples);
  }
}
