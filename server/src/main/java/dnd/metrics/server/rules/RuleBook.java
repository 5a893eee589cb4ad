package dnd.metrics.server.rules;

import dnd.metrics.server.rules.file.Rule;
import dnd.metrics.server.rules.file.RuleFile;
import dnd.metrics.server.rules.file.RuleGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** All rules that the service keeps, by file; groups of a file are sorted by name. Immutable. */
record RuleBook(SortedMap<String, List<StoredGroup>> files) {
  static final RuleBook EMPTY = new RuleBook(new TreeMap<>());

  RuleBook {
    TreeMap<String, List<StoredGroup>> copy = new TreeMap<>();
    files.forEach((file, groups) -> {
      List<StoredGroup> sorted = new ArrayList<>(groups);
      sorted.removeIf(group -> group.rules().isEmpty());
      sorted.sort((a, b) -> a.name().compareTo(b.name()));
      if (!sorted.isEmpty()) {
        copy.put(file, List.copyOf(sorted));
      }
    });
    files = Collections.unmodifiableSortedMap(copy);
  }

  /** Every group, by file and name. */
  List<StoredGroup> groups() {
    return files.values().stream().flatMap(List::stream).toList();
  }

  int ruleCount() {
    return groups().stream().mapToInt(group -> group.rules().size()).sum();
  }

  /**
   * This with a file in the place of the one of that name. A rule that was not active stays so, and
   * one that is as it was keeps its time: it is known by its group and name, the second of a name
   * by being the second.
   */
  RuleBook with(String file, RuleFile content, long atMillis, String by) {
    Map<String, StoredRule> before = new HashMap<>();
    for (StoredGroup group : files.getOrDefault(file, List.of())) {
      Map<String, Integer> numbers = new HashMap<>();
      for (StoredRule stored : group.rules()) {
        before.put(identity(group.name(), stored.rule(), numbers), stored);
      }
    }
    List<StoredGroup> groups = new ArrayList<>();
    for (RuleGroup group : content.groups()) {
      Map<String, Integer> numbers = new HashMap<>();
      List<StoredRule> rules = new ArrayList<>();
      for (Rule rule : group.rules()) {
        StoredRule was = before.get(identity(group.name(), rule, numbers));
        rules.add(
            was != null && was.rule().equals(rule)
                ? was
                : new StoredRule(rule, was == null || was.active(), atMillis, by));
      }
      groups.add(new StoredGroup(file, headOf(group), rules));
    }
    return with(file, groups);
  }

  private static String identity(String group, Rule rule, Map<String, Integer> numbers) {
    return group + '\0' + rule.name() + '\0' + numbers.merge(rule.name(), 1, Integer::sum);
  }

  private static RuleGroup headOf(RuleGroup group) {
    return new RuleGroup(
        group.name(),
        group.interval(),
        group.limit(),
        group.queryOffset(),
        group.labels(),
        List.of());
  }

  private RuleBook with(String file, List<StoredGroup> groups) {
    TreeMap<String, List<StoredGroup>> changed = new TreeMap<>(files);
    changed.put(file, groups);
    return new RuleBook(changed);
  }

  /** This without some groups of a file. */
  RuleBook without(String file, Predicate<StoredGroup> which) {
    return with(file, files.getOrDefault(file, List.of()).stream().filter(which.negate()).toList());
  }

  /** This with some rules of a file made active, or not. */
  RuleBook withActive(
      String file,
      Predicate<StoredGroup> ofGroups,
      Predicate<StoredRule> which,
      boolean active,
      long atMillis,
      String by) {
    return with(
        file,
        files.getOrDefault(file, List.of()).stream()
            .map(group ->
                !ofGroups.test(group)
                    ? group
                    : new StoredGroup(
                        file,
                        group.head(),
                        group.rules().stream()
                            .map(rule ->
                                which.test(rule) ? rule.withActive(active, atMillis, by) : rule)
                            .toList()))
            .toList());
  }
}
