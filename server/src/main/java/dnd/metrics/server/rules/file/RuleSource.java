package dnd.metrics.server.rules.file;

import dnd.metrics.server.yaml.YamlNode;
import dnd.metrics.server.yaml.YamlNode.Entry;
import dnd.metrics.server.yaml.YamlNode.Mapping;
import dnd.metrics.server.yaml.YamlNode.Scalar;
import java.time.Duration;
import java.util.Map;

/**
 * A rule as the file has it, not yet known to be one.
 *
 * @param position in its group, from 1
 * @param fields where each field's value stands
 * @param record empty where not given; so are the other texts
 */
record RuleSource(
    String group,
    int position,
    YamlNode node,
    Map<String, YamlNode> fields,
    String record,
    String alert,
    String expr,
    Duration holdDuration,
    Duration keepFiringFor,
    Map<String, String> labels,
    Map<String, String> annotations) {
  String name() {
    return alert.isEmpty() ? record : alert;
  }

  /** Where a field's value stands; the rule itself where it has none. */
  YamlNode place(String field) {
    return fields.getOrDefault(field, node);
  }

  /** Where the value of a key of the mapping {@code field} stands. */
  YamlNode place(String field, String key) {
    return valueOf(place(field), key);
  }

  /** Where the value of {@code key} stands in a mapping; the mapping itself where it is merged. */
  static YamlNode valueOf(YamlNode node, String key) {
    if (node instanceof Mapping mapping) {
      for (Entry entry : mapping.entries()) {
        if (entry.key() instanceof Scalar scalar && scalar.text().equals(key)) {
          return entry.value();
        }
      }
    }
    return node;
  }
}
