package dnd.metrics.server.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QueryContextTest {
  private static final long AN_HOUR_NANOS = 3_600_000_000_000L;

  private final Cancellation cancellation = new Cancellation(System.nanoTime() + AN_HOUR_NANOS);
  private final QueryContext context =
      new QueryContext(
          new ArraySource(),
          300_000,
          true,
          true,
          new AnnotationCollector(),
          new MemoryTracker(1 << 20, 1 << 20, new AtomicLong(), 1 << 20),
          cancellation,
          new ReadCounts(),
          new HelperThreads(0),
          true,
          false);

  private static List<Integer> shuffled() {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      numbers.add(i);
    }
    Collections.shuffle(numbers, new Random(1));
    return numbers;
  }

  @Test
  void aStoppableOrderIsTheOrderItself() {
    List<Integer> numbers = shuffled();
    numbers.sort(context.stoppable(Comparator.reverseOrder()));
    assertThat(numbers).isSortedAccordingTo(Comparator.reverseOrder());
  }

  @Test
  void aSortEndsWhenItsQueryIsCancelled() {
    cancellation.cancel();
    assertThatThrownBy(() -> shuffled().sort(context.stoppable(Comparator.<Integer>naturalOrder())))
        .isInstanceOfSatisfying(
            QueryException.class,
            e -> assertThat(e.type()).isEqualTo(QueryException.Type.CANCELED));
  }
}
