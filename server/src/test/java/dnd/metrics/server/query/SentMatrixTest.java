package dnd.metrics.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SentMatrixTest {
  private static final long STEP = 10_000;
  private final LiveSteps steps = LiveSteps.of(1_003_000, 1_053_000, STEP); // six steps
  private final SentMatrix told = new SentMatrix(steps);

  private static MatrixSeries series(String name, long firstTime, double... values) {
    long[] times = new long[values.length];
    for (int i = 0; i < times.length; i++) {
      times[i] = firstTime + i * STEP;
    }
    return new MatrixSeries(Labels.of("__name__", name), times, values, null);
  }

  private String advance(long fromTime, long toTime, MatrixSeries... series) {
    StringBuilder out = new StringBuilder();
    for (SentMatrix.SeriesChange change :
        told.advance(List.of(series), steps.firstFrom(fromTime), steps.lastUpTo(toTime))) {
      out.append(change.labels().metricName());
      for (SentMatrix.Point point : change.points()) {
        out.append(' ').append(point.timeMillis() / 1000).append('=');
        out.append(point.present() ? point.value() : "none");
      }
      out.append('\n');
    }
    return out.toString();
  }

  @Test
  void tellsWhatIsNew() {
    assertThat(advance(1_003_000, 1_023_000, series("a", 1_003_000, 1, 2, 3)))
        .isEqualTo("a 1003=1.0 1013=2.0 1023=3.0\n");
    assertThat(advance(1_033_000, 1_033_000, series("a", 1_033_000, 4))).isEqualTo("a 1033=4.0\n");
    assertThat(advance(1_033_000, 1_033_000, series("a", 1_033_000, 4))).isEmpty();
  }

  @Test
  void tellsWhatLateSamplesChanged() {
    advance(1_003_000, 1_033_000, series("a", 1_003_000, 1, 1, 1, 1), series("b", 1_003_000, 7));
    assertThat(advance(1_013_000, 1_033_000, series("a", 1_013_000, 1, 2, 2)))
        .isEqualTo("a 1023=2.0 1033=2.0\n");
  }

  @Test
  void tellsOfPointsThatAreNoMore() {
    advance(1_003_000, 1_023_000, series("a", 1_003_000, 1, 2, 3));
    assertThat(advance(1_013_000, 1_033_000, series("a", 1_013_000, 2))).isEqualTo("a 1023=none\n");
    assertThat(advance(1_013_000, 1_033_000)).isEqualTo("a 1013=none\n");
  }

  @Test
  void forgetsWhatLeftTheWindow() {
    advance(1_003_000, 1_003_000, series("a", 1_003_000, 1));
    assertThat(told.bytes()).isGreaterThan(6 * 9);
    advance(1_063_000, 1_063_000);
    assertThat(told.bytes()).isZero();
  }

  /** Whoever applies every change has what the last evaluation says of every step. */
  @Test
  void changesAddUp() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Map<Labels, TreeMap<Long, Double>> truth = new HashMap<>();
    Map<Labels, TreeMap<Long, Double>> asker = new HashMap<>();
    long to = steps.lastUpTo(1_003_000);
    long from = to;
    for (int turn = 0; turn < 500; turn++) {
      List<MatrixSeries> evaluated = new ArrayList<>();
      for (int s = 0; s < 4; s++) {
        Labels labels = Labels.of("s", String.valueOf(s));
        TreeMap<Long, Double> points = truth.computeIfAbsent(labels, l -> new TreeMap<>());
        long oldest = steps.timeMillis(steps.oldestOf(to));
        points.headMap(oldest).clear();
        for (long step = from; step <= to; step++) {
          if (random.nextInt(3) > 0) {
            points.put(steps.timeMillis(step), (double) random.nextInt(3));
          } else {
            points.remove(steps.timeMillis(step));
          }
        }
        var part = points.tailMap(steps.timeMillis(from), true);
        if (!part.isEmpty()) {
          evaluated.add(
              new MatrixSeries(
                  labels,
                  part.keySet().stream().mapToLong(t -> t).toArray(),
                  part.values().stream().mapToDouble(v -> v).toArray(),
                  null));
        }
      }
      for (SentMatrix.SeriesChange change : told.advance(evaluated, from, to)) {
        TreeMap<Long, Double> points = asker.computeIfAbsent(change.labels(), l -> new TreeMap<>());
        for (SentMatrix.Point point : change.points()) {
          if (point.present()) {
            points.put(point.timeMillis(), point.value());
          } else {
            assertThat(points.remove(point.timeMillis())).isNotNull();
          }
        }
      }
      long oldest = steps.timeMillis(steps.oldestOf(to));
      asker.values().forEach(points -> points.headMap(oldest).clear());
      for (Map.Entry<Labels, TreeMap<Long, Double>> entry : truth.entrySet()) {
        assertThat(asker.getOrDefault(entry.getKey(), new TreeMap<>()))
            .as("seed %d turn %d", seed, turn)
            .isEqualTo(entry.getValue());
      }
      long last = to;
      to += random.nextInt(random.nextInt(5) == 0 ? 9 : 2);
      from = Math.max(steps.oldestOf(to), last + 1 - random.nextInt(4));
    }
  }
}
