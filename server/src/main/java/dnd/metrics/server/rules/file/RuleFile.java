package dnd.metrics.server.rules.file;

import java.util.List;

/** A rule file in Prometheus's syntax: groups of recording and alerting rules. */
public record RuleFile(List<RuleGroup> groups) {
  public RuleFile {
    groups = List.copyOf(groups);
  }

  public int ruleCount() {
    return groups.stream().mapToInt(group -> group.rules().size()).sum();
  }
}
