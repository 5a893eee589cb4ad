package dnd.metrics.server.promql.test;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.SequenceValue;
import java.util.List;

/**
 * {@code load}: series with samples at the times 0, {@code stepMillis}, two steps and so on.
 *
 * @param customBuckets whether classic histograms are to be there as native ones with custom
 *     buckets too ({@code load_with_nhcb})
 */
record LoadCommand(int line, long stepMillis, boolean customBuckets, List<LoadedSeries> series)
    implements Command {
  LoadCommand {
    series = List.copyOf(series);
  }

  /**
   * One series.
   *
   * @param startOffsets when the counting of each sample began, in milliseconds relative to it
   *     ({@code @st} lines): empty, or one a value, omitted where unknown
   */
  record LoadedSeries(Labels labels, List<SequenceValue> values, List<SequenceValue> startOffsets) {
    LoadedSeries {
      values = List.copyOf(values);
      startOffsets = List.copyOf(startOffsets);
    }
  }
}
