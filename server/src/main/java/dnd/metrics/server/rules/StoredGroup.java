package dnd.metrics.server.rules;

import dnd.metrics.server.rules.file.RuleGroup;
import java.util.List;

/**
 * A group as the service keeps it.
 *
 * @param head the group's own settings; its list of rules is empty
 * @param rules in order, those that are not active among them
 */
record StoredGroup(String file, RuleGroup head, List<StoredRule> rules) {
  StoredGroup {
    rules = List.copyOf(rules);
  }

  String name() {
    return head.name();
  }

  /** The group as it is evaluated: without the rules that are not active. */
  RuleGroup active() {
    return with(rules.stream().filter(StoredRule::active).toList());
  }

  /** The group as its file had it. */
  RuleGroup whole() {
    return with(rules);
  }

  private RuleGroup with(List<StoredRule> some) {
    return new RuleGroup(
        head.name(),
        head.interval(),
        head.limit(),
        head.queryOffset(),
        head.labels(),
        some.stream().map(StoredRule::rule).toList());
  }
}
