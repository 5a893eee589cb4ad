package dnd.metrics.server.hub.embedded;

import java.util.concurrent.ThreadLocalRandom;

/** Hands a message to whom it concerns. */
final class Router {
  private Router() {}

  /**
   * To each plain subscriber, and to one member of each queue group: a random one, so that groups
   * are balanced, and the next where that one does not take it.
   *
   * @return whether anybody took it
   */
  static boolean route(Interest interest, Publication publication) {
    boolean taken = false;
    for (Receiver receiver : interest.plain()) {
      taken |= receiver.deliver(publication);
    }
    for (Receiver[] members : interest.groups()) {
      taken |= routeToOne(members, publication);
    }
    return taken;
  }

  private static boolean routeToOne(Receiver[] members, Publication publication) {
    int count = members.length;
    int first = count == 1 ? 0 : ThreadLocalRandom.current().nextInt(count);
    for (int i = 0; i < count; i++) {
      int at = first + i;
      if (members[at < count ? at : at - count].deliver(publication)) {
        return true;
      }
    }
    return false;
  }
}
