package dnd.metrics.server.hub.embedded;

import org.jspecify.annotations.Nullable;

/**
 * One entry of a permission list: a subject pattern and, for subscriptions, a queue group pattern.
 */
record PermissionPattern(String subject, @Nullable String queueGroup) {
  /**
   * Reads {@code "subject"} or {@code "subject group"}.
   *
   * @throws IllegalArgumentException where it is neither
   */
  static PermissionPattern parse(String entry) {
    String[] words = entry.trim().split("[ \t]+");
    if (words.length > 2 || !SubjectPattern.isValid(words[0])) {
      throw new IllegalArgumentException("not a subject pattern: \"" + entry + "\"");
    }
    return new PermissionPattern(words[0], words.length == 2 ? words[1] : null);
  }

  /** Whether it covers every subject that a subject or pattern stands for. */
  boolean coversSubject(String other) {
    return SubjectPattern.covers(subject, other);
  }

  /** Whether it stands for a subject that something is published to. */
  boolean matchesSubject(String published) {
    return SubjectPattern.matches(subject, published);
  }

  boolean coversGroup(String group) {
    return queueGroup != null
        && (queueGroup.equals(group) || SubjectPattern.covers(queueGroup, group));
  }
}
