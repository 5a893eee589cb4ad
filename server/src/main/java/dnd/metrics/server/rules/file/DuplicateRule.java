package dnd.metrics.server.rules.file;

import dnd.metrics.server.model.Labels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rules of one file that have the same name and labels: one overwrites what the other records.
 *
 * @param labels those of the group among them
 */
public record DuplicateRule(String name, Labels labels) {
  private static final Comparator<DuplicateRule> ORDER =
      Comparator.comparing(DuplicateRule::name, Labels::compareCodePoints)
          .thenComparing(DuplicateRule::labels);

  /** Each that is there more than once, in the order of names and labels. */
  public static List<DuplicateRule> in(RuleFile file) {
    List<DuplicateRule> all = new ArrayList<>();
    for (RuleGroup group : file.groups()) {
      for (Rule rule : group.rules()) {
        Map<String, String> labels = new LinkedHashMap<>(group.labels());
        labels.putAll(rule.labels());
        all.add(new DuplicateRule(rule.name(), Labels.of(labels)));
      }
    }
    all.sort(ORDER);
    List<DuplicateRule> duplicates = new ArrayList<>();
    for (int i = 1; i < all.size(); i++) {
      DuplicateRule rule = all.get(i);
      boolean known = !duplicates.isEmpty() && duplicates.getLast().equals(rule);
      if (rule.equals(all.get(i - 1)) && !known) {
        duplicates.add(rule);
      }
    }
    return duplicates;
  }
}
