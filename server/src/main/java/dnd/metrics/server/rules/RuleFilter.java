package dnd.metrics.server.rules;

import dnd.metrics.events.Fields;
import dnd.metrics.events.InvalidEventException;
import org.jspecify.annotations.Nullable;

/**
 * Which rules a request is about: those of a file, of a group, of a name; what is not named may be
 * any.
 */
record RuleFilter(@Nullable String file, @Nullable String group, @Nullable String rule) {
  static RuleFilter of(Fields fields) throws InvalidEventException {
    return new RuleFilter(fields.string("file"), fields.string("group"), fields.string("rule"));
  }

  boolean group(String groupFile, String groupName) {
    return (file == null || file.equals(groupFile)) && (group == null || group.equals(groupName));
  }

  boolean rule(String name) {
    return rule == null || rule.equals(name);
  }
}
