package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The groups that are loaded at one time, and which of their rules read what others write.
 * Immutable; a rule is named by its group and its place there.
 */
final class Layout {
  private final List<LoadedGroup> groups;
  private final RuleGraph graph;
  private final IdentityHashMap<LoadedGroup, Integer> firstRules = new IdentityHashMap<>();
  private final List<LoadedGroup> owners = new ArrayList<>();
  private final Map<String, LoadedGroup> byKey = new HashMap<>();

  private Layout(List<LoadedGroup> groups) {
    this.groups = List.copyOf(groups);
    List<PreparedRule> rules = new ArrayList<>();
    for (LoadedGroup loaded : groups) {
      firstRules.put(loaded, rules.size());
      byKey.put(loaded.group.key(), loaded);
      for (PreparedRule rule : loaded.group.rules()) {
        rules.add(rule);
        owners.add(loaded);
      }
    }
    this.graph = new RuleGraph(rules);
  }

  static Layout of(List<LoadedGroup> groups) {
    return new Layout(groups);
  }

  List<LoadedGroup> groups() {
    return groups;
  }

  /** The group of that {@linkplain PreparedGroup#key key}. */
  @Nullable LoadedGroup group(String key) {
    return byKey.get(key);
  }

  /** Whether the rule reads, directly or through others, what it writes. */
  boolean inCycle(LoadedGroup loaded, int rule) {
    return graph.inCycle(first(loaded) + rule);
  }

  /** The group's first rule in the graph; a group that is not loaded any more has none. */
  private int first(LoadedGroup loaded) {
    return firstRules.getOrDefault(loaded, -1);
  }

  /** Every rule that reads what this one writes, but for those that are in a cycle. */
  void forEachReader(LoadedGroup loaded, int rule, ObjIntConsumer<LoadedGroup> consumer) {
    int first = first(loaded);
    if (first >= 0) {
      for (int reader : graph.readersOf(first + rule)) {
        if (!graph.inCycle(reader)) {
          LoadedGroup owner = owners.get(reader);
          consumer.accept(owner, reader - first(owner));
        }
      }
    }
  }

  /** Every rule that reads one of these series, but for those that are in a cycle. */
  void forEachReaderOf(List<Labels> series, ObjIntConsumer<LoadedGroup> consumer) {
    for (LoadedGroup loaded : groups) {
      List<PreparedRule> rules = loaded.group.rules();
      for (int i = 0; i < rules.size(); i++) {
        if (!inCycle(loaded, i) && reads(rules.get(i), series)) {
          consumer.accept(loaded, i);
        }
      }
    }
  }

  private static boolean reads(PreparedRule rule, List<Labels> series) {
    for (List<Matcher> selector : RuleReads.of(rule.expr())) {
      for (Labels labels : series) {
        if (Matcher.allMatch(selector, labels)) {
          return true;
        }
      }
    }
    return false;
  }

  /** These rules of a group, and those behind them that read what they write, and so on. */
  BitSet withReadersBehind(LoadedGroup loaded, BitSet rules) {
    BitSet all = (BitSet) rules.clone();
    for (int i = all.nextSetBit(0); i >= 0; i = all.nextSetBit(i + 1)) {
      int rule = i;
      forEachReader(
          loaded,
          rule,
          (owner, place) -> {
            if (owner == loaded && place > rule) {
              all.set(place);
            }
          });
    }
    return all;
  }
}
