package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which rules read what other rules write, over all groups. Rules are numbered through. Immutable.
 *
 * <p>A rule that reads what it writes itself, directly or through others, has a meaning only at its
 * interval: {@code x = x + 1} counts intervals. Such rules are {@linkplain #inCycle known} and not
 * evaluated at once, which is also what keeps evaluations at once from causing each other forever.
 */
final class RuleGraph {
  private final List<PreparedRule> rules;
  private final List<int[]> readers = new ArrayList<>();
  private final BitSet inCycle = new BitSet();

  RuleGraph(List<PreparedRule> rules) {
    this.rules = List.copyOf(rules);
    Map<String, List<Integer>> byName = new HashMap<>();
    List<Integer> ofAnyName = new ArrayList<>();
    List<List<List<Matcher>>> reads = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      List<List<Matcher>> selectors = RuleReads.ofAll(rules.get(i).expr());
      reads.add(selectors);
      for (List<Matcher> selector : selectors) {
        Set<String> names = metricNames(selector);
        if (names == null) {
          addOnce(ofAnyName, i);
        } else {
          for (String name : names) {
            addOnce(byName.computeIfAbsent(name, k -> new ArrayList<>()), i);
          }
        }
      }
    }
    for (PreparedRule rule : rules) {
      BitSet found = new BitSet();
      for (Labels written : written(rule)) {
        String name = written.metricName();
        byName.getOrDefault(name, List.of()).stream()
            .filter(reader -> mayRead(reads.get(reader), written))
            .forEach(found::set);
        ofAnyName.stream()
            .filter(reader -> mayRead(reads.get(reader), written))
            .forEach(found::set);
      }
      readers.add(found.stream().toArray());
    }
    findCycles();
  }

  private static void addOnce(List<Integer> list, int rule) {
    if (list.isEmpty() || list.getLast() != rule) {
      list.add(rule);
    }
  }

  /** The rules that read what the rule writes. */
  int[] readersOf(int rule) {
    return readers.get(rule).clone();
  }

  /** Whether the rule reads, directly or through others, what it writes. */
  boolean inCycle(int rule) {
    return inCycle.get(rule);
  }

  int size() {
    return rules.size();
  }

  private static @Nullable Set<String> metricNames(List<Matcher> selector) {
    for (Matcher matcher : selector) {
      Set<String> named = matcher.isNegative() ? null : matcher.namedValues();
      if (named != null && matcher.name().equals(Labels.METRIC_NAME)) {
        return named;
      }
    }
    return null;
  }

  /** The labels that are known of what a rule writes. */
  private static List<Labels> written(PreparedRule rule) {
    return switch (rule) {
      case PreparedRule.Recording recording ->
          List.of(recording.labels().with(Labels.METRIC_NAME, recording.name()));
      case PreparedRule.Alerting alerting -> {
        Labels named = Labels.of(AlertTracker.ALERT_NAME, alerting.name());
        yield List.of(
            named.with(Labels.METRIC_NAME, AlertTracker.ALERTS),
            named.with(Labels.METRIC_NAME, AlertTracker.ALERTS_FOR_STATE));
      }
    };
  }

  private static boolean mayRead(List<List<Matcher>> selectors, Labels written) {
    return selectors.stream().anyMatch(selector -> mayMatch(selector, written));
  }

  /** What is not known of a series' labels may be anything. */
  private static boolean mayMatch(List<Matcher> selector, Labels written) {
    for (Matcher matcher : selector) {
      boolean known = written.has(matcher.name());
      if (known && !matcher.matches(written.get(matcher.name()))) {
        return false;
      }
    }
    return true;
  }

  /** Marks the members of every strongly connected component with an edge (Tarjan 1972). */
  private void findCycles() {
    int n = readers.size();
    int[] index = new int[n];
    int[] low = new int[n];
    int[] edge = new int[n];
    BitSet onStack = new BitSet();
    Deque<Integer> stack = new ArrayDeque<>();
    Deque<Integer> path = new ArrayDeque<>();
    int next = 1;
    for (int root = 0; root < n; root++) {
      if (index[root] != 0) {
        continue;
      }
      path.push(root);
      while (!path.isEmpty()) {
        int v = path.peek();
        if (index[v] == 0) {
          index[v] = next;
          low[v] = next++;
          stack.push(v);
          onStack.set(v);
        }
        if (edge[v] < readers.get(v).length) {
          int w = readers.get(v)[edge[v]++];
          if (w == v) {
            inCycle.set(v);
          } else if (index[w] == 0) {
            path.push(w);
          } else if (onStack.get(w)) {
            low[v] = Math.min(low[v], index[w]);
          }
        } else {
          path.pop();
          if (!path.isEmpty()) {
            low[path.peek()] = Math.min(low[path.peek()], low[v]);
          }
          if (low[v] == index[v]) {
            popComponent(stack, onStack, v);
          }
        }
      }
    }
  }

  private void popComponent(Deque<Integer> stack, BitSet onStack, int root) {
    boolean several = stack.peek() != root;
    int member;
    do {
      member = stack.pop();
      onStack.clear(member);
      if (several) {
        inCycle.set(member);
      }
    } while (member != root);
  }
}
