package dnd.metrics.server.hub.embedded;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user may publish to, or subscribe to: subject patterns with {@code *} and {@code >}. A
 * subject is permitted when {@code allow} is null or one of its patterns covers the subject, and no
 * pattern of {@code deny} does. An empty {@code allow} therefore permits nothing.
 *
 * <p>An entry for subscriptions may name a queue group after the subject ({@code "orders.*
 * workers"}, the group may have wildcards too), as in nats-server: in {@code allow} it then permits
 * only that group, in {@code deny} it forbids only that group.
 */
public record SubjectPermission(@Nullable List<String> allow, List<String> deny) {
  /** Everything is permitted. */
  public static final SubjectPermission ALL = new SubjectPermission(null, List.of());

  /**
   * @throws IllegalArgumentException where an entry is not a subject pattern, with or without a
   *     queue group
   */
  public SubjectPermission {
    allow = allow == null ? null : List.copyOf(allow);
    deny = List.copyOf(deny);
    if (allow != null) {
      allow.forEach(PermissionPattern::parse);
    }
    deny.forEach(PermissionPattern::parse);
  }

  public static SubjectPermission allowing(String... patterns) {
    return new SubjectPermission(List.of(patterns), List.of());
  }

  public static SubjectPermission denying(String... patterns) {
    return new SubjectPermission(null, List.of(patterns));
  }
}
