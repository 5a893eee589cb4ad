package dnd.metrics.server.query;

import dnd.metrics.server.promql.exec.Annotations;
import dnd.metrics.server.promql.exec.HeldMemory;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryResult;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import dnd.metrics.server.promql.exec.QueryValue.ScalarValue;
import dnd.metrics.server.promql.exec.QueryValue.StringValue;
import dnd.metrics.server.promql.exec.QueryValue.VectorValue;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the askers of one live query were told: tells them what is new in an evaluation, and
 * remembers it, in memory that is counted as that of queries. For one thread at a time.
 */
final class LiveTold {
  private final Set<LiveAsker> askers;
  private final HeldMemory memory;
  private final SentVector vector = new SentVector();
  private final @Nullable SentMatrix matrix;
  private double scalar;

  /**
   * @param steps of a range query
   * @param askers who is told, each as far as it takes changes
   */
  LiveTold(@Nullable LiveSteps steps, Set<LiveAsker> askers, HeldMemory memory) {
    this.matrix = steps == null ? null : new SentMatrix(steps);
    this.askers = askers;
    this.memory = memory;
  }

  /** The newest step that was told of. */
  long lastStep() {
    return matrix == null ? Long.MIN_VALUE : matrix.lastStep();
  }

  /**
   * Tells what is new in the value at one time.
   *
   * @throws QueryException where there is no room to remember it; then nothing was told
   */
  void tell(QueryResult result, long now) {
    Annotations annotations = result.annotations();
    switch (result.value()) {
      case VectorValue value -> {
        remember(vector.bytes() + SentVector.bytesOf(value.samples()));
        SentVector.Change change = vector.advance(value.samples());
        remember(vector.bytes());
        if (!change.isEmpty() && isAnyoneTold()) {
          LiveChange all = LiveChange.of(change, now, annotations);
          askers.forEach(asker -> asker.offer(all));
        }
      }
      case ScalarValue value -> {
        boolean same = Double.compare(scalar, value.value()) == 0;
        scalar = value.value();
        if (!same) {
          LiveChange all = LiveChange.of(value, annotations);
          askers.forEach(asker -> asker.offer(all));
        }
      }
      case StringValue value -> {} // it never changes
      case MatrixValue value ->
          throw new QueryException(
              QueryException.Type.BAD_DATA,
              "a range vector cannot be asked for live; ask for an instant vector or a scalar");
    }
  }

  /**
   * Tells what is new in the steps that were evaluated, each asker from its own start on.
   *
   * @param from not behind the step after the last that was told of
   * @throws QueryException where there is no room to remember it; then nothing was told
   */
  void tell(QueryResult result, long from, long last, long now) {
    SentMatrix told = Objects.requireNonNull(matrix);
    List<MatrixSeries> series = ((MatrixValue) result.value()).series();
    remember(told.bytesWith(series));
    List<SentMatrix.SeriesChange> changes = told.advance(series, from, last);
    remember(told.bytes());
    if (changes.isEmpty() || !isAnyoneTold()) {
      return;
    }
    LiveChange all = LiveChange.of(changes, now, result.annotations());
    long first = changes.stream().mapToLong(SentMatrix.SeriesChange::firstMillis).min().orElse(0);
    for (LiveAsker asker : askers) {
      Long start = asker.event().startMillis();
      if (start == null || start <= first) {
        asker.offer(all);
        continue;
      }
      List<SentMatrix.SeriesChange> own = changes.stream().flatMap(c -> c.since(start)).toList();
      if (!own.isEmpty() && asker.takesChanges()) {
        asker.offer(LiveChange.of(own, now, result.annotations()));
      }
    }
  }

  private boolean isAnyoneTold() {
    return askers.stream().anyMatch(LiveAsker::takesChanges);
  }

  private void remember(long bytes) {
    if (!memory.tryResize(bytes)) {
      throw new QueryException(
          QueryException.Type.TOO_LARGE,
          "live queries would remember more of what was told than they may together ("
              + memory.kindLimitBytes()
              + " bytes): ask for fewer series, a shorter range or a longer step");
    }
  }
}
