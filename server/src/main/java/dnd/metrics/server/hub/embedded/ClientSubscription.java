package dnd.metrics.server.hub.embedded;

import org.jspecify.annotations.Nullable;

/**
 * A subscription of a connected client. How many messages it has had and may have, and whether it
 * has ended, are guarded by the lock of the connection's {@link Outbound}.
 */
final class ClientSubscription implements Receiver {
  final Connection connection;
  final String pattern;
  final @Nullable String queueGroup;
  final byte[] sid;

  /** Asked before each delivery where the user may not receive all that the pattern stands for. */
  private final @Nullable PermissionSet filter;

  private long delivered;
  private long max;
  private boolean ended;

  ClientSubscription(
      Connection connection,
      String pattern,
      @Nullable String queueGroup,
      byte[] sid,
      @Nullable PermissionSet filter) {
    this.connection = connection;
    this.pattern = pattern;
    this.queueGroup = queueGroup;
    this.sid = sid;
    this.filter = filter;
  }

  @Override
  public boolean deliver(Publication publication) {
    if (publication.publisher == connection && !connection.wantsEcho()) {
      return false;
    }
    if (filter != null && !filter.mayReceive(publication.subject, queueGroup)) {
      return false;
    }
    return connection.send(this, publication);
  }

  /** Under the outbound's lock. */
  boolean wantsMore() {
    return !ended;
  }

  /** Under the outbound's lock: counts a message; true where it was the last. */
  boolean countOne() {
    delivered++;
    ended = max > 0 && delivered >= max;
    return ended;
  }

  /** Under the outbound's lock: true where there is nothing more to come. */
  boolean limitTo(int newMax) {
    if (newMax > delivered) {
      max = newMax;
    } else {
      ended = true;
    }
    return ended;
  }
}
