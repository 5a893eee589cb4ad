package dnd.metrics.server.hub.embedded;

import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A user's permissions as they are asked for: subjects and groups are wire text. The rules are
 * those of nats-server: deny overrules allow; an entry that names a queue group permits or forbids
 * that group; a pattern with wildcards may be subscribed to although some of what it stands for is
 * denied, and then what is denied is left out of what is delivered. Unlike nats-server, a pattern
 * with wildcards must be covered by an allowed one as a whole. Immutable.
 */
final class PermissionSet {
  static final PermissionSet ALL = new PermissionSet(HubPermissions.ALL);

  private final @Nullable List<PermissionPattern> publishAllow;
  private final List<PermissionPattern> publishDeny;
  private final @Nullable List<PermissionPattern> subscribeAllow;
  private final List<PermissionPattern> subscribeDeny;

  PermissionSet(HubPermissions permissions) {
    SubjectPermission publish = permissions.publish();
    SubjectPermission subscribe = permissions.subscribe();
    this.publishAllow = publish.allow() == null ? null : patterns(publish.allow());
    this.publishDeny = patterns(publish.deny());
    this.subscribeAllow = subscribe.allow() == null ? null : patterns(subscribe.allow());
    this.subscribeDeny = patterns(subscribe.deny());
  }

  boolean mayPublish(String subject) {
    return (publishAllow == null || anyMatches(publishAllow, subject))
        && !anyMatches(publishDeny, subject);
  }

  boolean maySubscribe(String pattern, @Nullable String queueGroup) {
    return allowsSubscription(pattern, queueGroup)
        && !isDenied(PermissionPattern::coversSubject, pattern, queueGroup);
  }

  /**
   * Whether what is published to a subject may be delivered: no entry of the deny list is for it.
   */
  boolean mayReceive(String subject, @Nullable String queueGroup) {
    return !isDenied(PermissionPattern::matchesSubject, subject, queueGroup);
  }

  private boolean isDenied(
      BiPredicate<PermissionPattern, String> isFor, String subject, @Nullable String queueGroup) {
    for (PermissionPattern deny : subscribeDeny) {
      if (isFor.test(deny, subject)
          && (deny.queueGroup() == null || (queueGroup != null && deny.coversGroup(queueGroup)))) {
        return true;
      }
    }
    return false;
  }

  /** Whether {@link #mayReceive} must be asked for what is delivered to this subscription. */
  boolean needsFilter(String pattern, @Nullable String queueGroup) {
    if (queueGroup == null && !SubjectPattern.hasWildcard(pattern)) {
      return false;
    }
    for (PermissionPattern deny : subscribeDeny) {
      if (SubjectPattern.collide(deny.subject(), pattern)) {
        return true;
      }
    }
    return false;
  }

  private boolean allowsSubscription(String pattern, @Nullable String queueGroup) {
    if (subscribeAllow == null) {
      return true;
    }
    boolean plain = false;
    boolean groupNamed = false;
    for (PermissionPattern allow : subscribeAllow) {
      if (allow.coversSubject(pattern)) {
        if (allow.queueGroup() == null) {
          plain = true;
        } else if (queueGroup != null) {
          if (allow.coversGroup(queueGroup)) {
            return true;
          }
          groupNamed = true;
        }
      }
    }
    // Where groups are named for this subject, only those may be joined.
    return plain && !groupNamed;
  }

  private static boolean anyMatches(List<PermissionPattern> patterns, String subject) {
    for (PermissionPattern pattern : patterns) {
      if (pattern.matchesSubject(subject)) {
        return true;
      }
    }
    return false;
  }

  private static List<PermissionPattern> patterns(List<String> entries) {
    return entries.stream().map(WireText::ofText).map(PermissionPattern::parse).toList();
  }
}
