package dnd.metrics.server.hub.embedded;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gathers an {@link Interest} from the nodes that match. The members of a queue group come together
 * under the group's name, whichever pattern each subscribed with.
 */
final class InterestCollector {
  private Receiver[] plain = Interest.NOBODY;
  private final List<QueueGroup> groups = new ArrayList<>();

  void add(Receiver[] receivers) {
    plain = join(plain, receivers);
  }

  void add(QueueGroup group) {
    for (int i = 0; i < groups.size(); i++) {
      QueueGroup known = groups.get(i);
      if (known.name().equals(group.name())) {
        groups.set(i, new QueueGroup(known.name(), join(known.members(), group.members())));
        return;
      }
    }
    groups.add(group);
  }

  Interest finish(long generation) {
    Receiver[][] members =
        groups.isEmpty()
            ? Interest.NO_GROUPS
            : groups.stream().map(QueueGroup::members).toArray(Receiver[][]::new);
    return new Interest(generation, plain, members);
  }

  private static Receiver[] join(Receiver[] a, Receiver[] b) {
    if (a.length == 0) {
      return b;
    }
    Receiver[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
