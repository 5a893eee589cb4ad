package dnd.metrics.server.announce;

import java.util.ArrayList;
import java.util.List;

/** An alert of which something is left to say, in all its groups. Not safe for several threads. */
final class TrackedAlert {
  /** As it was handed in last, or is now. */
  Alert alert;

  /** It is over, which is being made durable: nothing is said of it until it is handed in. */
  boolean ending;

  final List<Group.Member> members = new ArrayList<>(1);

  TrackedAlert(Alert alert) {
    this.alert = alert;
  }
}
