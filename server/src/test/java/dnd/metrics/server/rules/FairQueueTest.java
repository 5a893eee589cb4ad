package dnd.metrics.server.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private static final class Rule extends FairQueue.Member {
    final long costNanos;
    long workedNanos;

    Rule(long costNanos) {
      this.costNanos = costNanos;
    }
  }

  private final FairQueue<Rule> queue = new FairQueue<>();

  private void add(Rule rule) {
    queue.add(rule, rule.costNanos);
  }

  private Rule turn() {
    Rule rule = queue.poll();
    assertThat(rule).isNotNull();
    rule.workedNanos += rule.costNanos;
    queue.worked(rule, rule.costNanos);
    return rule;
  }

  @Test
  void whoeverCostsLittleComesRightAfterOneOfManyThatCostMuch() {
    List<Rule> expensive = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      expensive.add(new Rule(1_000));
    }
    Rule cheap = new Rule(1);
    expensive.forEach(this::add);
    for (int i = 0; i < 1_000; i++) {
      add(turn()); // it is concerned again at once
      if (i % 7 == 0) {
        add(cheap);
        Rule next = queue.poll();
        assertThat(next).as("turn " + i).isSameAs(cheap);
        queue.worked(cheap, cheap.costNanos);
      }
    }
  }

  @Test
  void allThatAlwaysWaitHaveAsMuchDoneForThem() {
    List<Rule> rules = List.of(new Rule(10), new Rule(70), new Rule(300), new Rule(1));
    rules.forEach(this::add);
    for (int i = 0; i < 10_000; i++) {
      add(turn());
    }
    long least = rules.stream().mapToLong(rule -> rule.workedNanos).min().orElseThrow();
    long most = rules.stream().mapToLong(rule -> rule.workedNanos).max().orElseThrow();
    assertThat(most - least).isLessThanOrEqualTo(600); // twice the largest cost
  }

  @Test
  void whoDidNotAskForLongSavesNothing() {
    Rule rare = new Rule(10);
    Rule frequent = new Rule(10);
    add(frequent);
    for (int i = 0; i < 1_000; i++) {
      add(turn());
    }
    add(rare);
    int ofRare = 0;
    for (int i = 0; i < 10; i++) {
      Rule rule = turn();
      ofRare += rule == rare ? 1 : 0;
      add(rule);
    }
    assertThat(ofRare).isBetween(4, 6);
  }

  /** Against a list that is searched, with all that may happen in any order. */
  @Test
  void takesAsASearchWould() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rules.add(new Rule(1));
    }
    long[] start = new long[rules.size()];
    long[] expected = new long[rules.size()];
    long[] order = new long[rules.size()];
    boolean[] waits = new boolean[rules.size()];
    long clock = 0;
    long orders = 0;
    for (int step = 0; step < 50_000; step++) {
      int i = random.nextInt(rules.size());
      switch (random.nextInt(4)) {
        case 0 -> {
          long nanos = random.nextInt(100);
          queue.add(rules.get(i), nanos);
          if (!waits[i]) {
            expected[i] = nanos;
            start[i] = Math.max(start[i], clock);
            order[i] = orders++;
            waits[i] = true;
          }
        }
        case 1 -> {
          long nanos = random.nextInt(100);
          queue.worked(rules.get(i), nanos);
          start[i] += nanos;
        }
        case 2 -> {
          assertThat(queue.remove(rules.get(i))).isEqualTo(waits[i]);
          waits[i] = false;
        }
        default -> {
          int first = -1;
          for (int j = 0; j < rules.size(); j++) {
            if (waits[j]
                && (first < 0
                    || start[j] + expected[j] < start[first] + expected[first]
                    || (start[j] + expected[j] == start[first] + expected[first]
                        && order[j] < order[first]))) {
              first = j;
            }
          }
          assertThat(queue.poll())
              .as("seed %d step %d", seed, step)
              .isSameAs(first < 0 ? null : rules.get(first));
          if (first >= 0) {
            clock = Math.max(clock, start[first]);
            waits[first] = false;
          }
        }
      }
      assertThat(rules.get(i).isWaiting()).isEqualTo(waits[i]);
    }
  }
}
