package dnd.metrics.server.promql.test;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.SequenceValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code eval}: a query with what it must answer. Times are Unix milliseconds.
 *
 * @param range whether it is a range query rather than an instant one
 * @param startMillis where the range begins; of an instant query without an expected range vector,
 *     its time
 * @param endMillis where the range ends, and the time of an instant query
 * @param once whether an instant query is only run as it stands: its value is no vector or scalar
 * @param series the expected series; values lie a step apart from {@code startMillis} on
 * @param scalar the expected scalar, where one is expected
 * @param string the expected string, empty where none is expected
 */
record EvalCommand(
    int line,
    String query,
    boolean range,
    long startMillis,
    long endMillis,
    long stepMillis,
    boolean once,
    Expectations expectations,
    Map<Labels, ExpectedSeries> series,
    @Nullable Double scalar,
    String string)
    implements Command {
  EvalCommand {
    series = new LinkedHashMap<>(series);
  }

  /**
   * An expected series.
   *
   * @param position its place in an ordered result, from 1
   */
  record ExpectedSeries(int position, List<SequenceValue> values) {
    ExpectedSeries {
      values = List.copyOf(values);
    }
  }
}
