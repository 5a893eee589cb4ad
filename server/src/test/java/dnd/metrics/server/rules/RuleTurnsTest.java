package dnd.metrics.server.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.database.UnspeakableError;
import java.util.BitSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class RuleTurnsTest {
  private static final long MILLI = 1_000_000;

  private final BlockingQueue<String> evaluated = new LinkedBlockingQueue<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private final LoadedGroup cheap;
  private final LoadedGroup costly;

  RuleTurnsTest() throws Exception {
    cheap = load("cheap", 1_000);
    costly = load("costly", 50 * MILLI);
  }

  /** A group whose rules took so long when they were evaluated last. */
  private static LoadedGroup load(String name, long tookNanos) throws Exception {
    PreparedGroup group =
        TestGroup.prepare(
            """
            groups:
              - name: %s
                rules:
                  - {alert: A, expr: x > 1}
                  - {alert: B, expr: y > 1}
                  - {alert: C, expr: z > 1}
            """
                .formatted(name));
    GroupState state = GroupState.initial(group);
    for (int rule = 0; rule < group.rules().size(); rule++) {
      RuleState was = state.rules().get(rule);
      state =
          state.with(
              rule, new RuleState(was.written(), was.alerts(), null, 1, tookNanos + 1000L * rule));
    }
    return new LoadedGroup(group, state);
  }

  private long evaluate(LoadedGroup loaded, BitSet rules) {
    evaluated.add(loaded.group.name() + rules);
    if (loaded == costly) {
      try {
        assertThat(release.await(1, TimeUnit.MINUTES)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return 50 * MILLI;
    }
    return 1_000;
  }

  private String next() throws InterruptedException {
    String next = evaluated.poll(1, TimeUnit.MINUTES);
    assertThat(next).as("a turn within a minute").isNotNull();
    return next;
  }

  @Test
  void aRuleThatCostsLittleDoesNotWaitWhileThoseThatCostMuchFillTheirLane() throws Exception {
    try (RuleTurns turns = new RuleTurns(this::evaluate, 2, 1 << 20)) {
      costly.turns.forEach(turns::add);
      assertThat(next()).isEqualTo("costly{0}");
      for (int i = 0; i < 10; i++) {
        turns.add(cheap.turns.get(1));
        assertThat(next()).isEqualTo("cheap{1}");
      }
      assertThat(costly.turns.get(1).isWaiting()).isTrue();
      release.countDown();
      assertThat(next()).as("one a turn").isEqualTo("costly{1}");
      assertThat(next()).isEqualTo("costly{2}");
    }
  }

  @Test
  void whatIsAddedWhileItWaitsIsOneTurnAndWhatIsAddedInItsTurnAnother() throws Exception {
    try (RuleTurns turns = new RuleTurns(this::evaluate, 2, 1 << 20)) {
      for (int i = 0; i < 5; i++) {
        costly.turns.forEach(turns::add);
      }
      assertThat(next()).isEqualTo("costly{0}");
      turns.add(costly.turns.get(0));
      turns.add(costly.turns.get(0));
      release.countDown();
      assertThat(next()).isEqualTo("costly{1}");
      assertThat(next()).isEqualTo("costly{2}");
      assertThat(next()).isEqualTo("costly{0}");
      turns.close();
      assertThat(turns.awaitEnd(TimeUnit.MINUTES.toNanos(1))).isTrue();
      assertThat(evaluated).isEmpty();
    }
  }

  @Test
  void aRuleThatCameToCostMuchGoesToTheOtherLane() throws Exception {
    BlockingQueue<String> threads = new LinkedBlockingQueue<>();
    RuleTurns.Work work =
        (loaded, rules) -> {
          threads.add(Thread.currentThread().getName().replaceAll("\\d", ""));
          return 50 * MILLI;
        };
    try (RuleTurns turns = new RuleTurns(work, 2, 1 << 20)) {
      RuleTurn turn = cheap.turns.getFirst();
      turns.add(turn);
      assertThat(threads.poll(1, TimeUnit.MINUTES)).isEqualTo("rule-now-");
      String next = "rule-now-";
      while (next.equals("rule-now-")) { // until the cost of the last turn is known
        turns.add(turn);
        next = threads.poll(1, TimeUnit.MINUTES);
        assertThat(next).isNotNull();
      }
      assertThat(next).isEqualTo("rule-slow-");
    }
  }

  static Stream<Error> errors() {
    return Stream.of(new LinkageError("for now"), new UnspeakableError());
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("errors")
  void noErrorEndsTheThreads(Error error) throws Exception {
    AtomicInteger faults = new AtomicInteger(4); // more than the lane has threads
    RuleTurns.Work work =
        (loaded, rules) -> {
          evaluated.add(loaded.group.name() + rules);
          if (faults.getAndDecrement() > 0) {
            throw error;
          }
          return 1_000;
        };
    try (RuleTurns turns = new RuleTurns(work, 2, 1 << 20)) {
      for (int i = 0; i < 5; i++) {
        turns.add(cheap.turns.get(1));
        assertThat(next()).isEqualTo("cheap{1}");
      }
    }
  }
}
