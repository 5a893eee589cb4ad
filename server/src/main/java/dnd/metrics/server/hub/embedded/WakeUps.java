package dnd.metrics.server.hub.embedded;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections that one turn of work has written to: their writers are woken once, when the turn
 * ends. Belongs to one thread.
 */
final class WakeUps {
  private @Nullable Outbound last;
  private final List<Outbound> others = new ArrayList<>(0);
  private @Nullable Set<Outbound> known;

  void add(Outbound outbound) {
    Outbound before = last;
    if (outbound == before) {
      return;
    }
    last = outbound;
    if (before == null) {
      return;
    }
    Set<Outbound> set = known;
    if (set == null) {
      set = Collections.newSetFromMap(new IdentityHashMap<>());
      known = set;
    }
    if (set.add(before)) {
      others.add(before);
    }
  }

  boolean isEmpty() {
    return last == null;
  }

  void wakeAll() {
    wakeAllBut(null);
  }

  /** Wakes all but one; whether that one would have been woken, too. */
  boolean wakeAllBut(@Nullable Outbound spared) {
    Outbound latest = last;
    if (latest == null) {
      return false;
    }
    last = null;
    boolean isAmongThem = latest == spared;
    if (!isAmongThem) {
      latest.wake();
    }
    Set<Outbound> set = known;
    if (set != null && !others.isEmpty()) {
      for (Outbound other : others) {
        if (other == spared) {
          isAmongThem = true;
        } else {
          other.wake();
        }
      }
      others.clear();
      set.clear();
    }
    return isAmongThem;
  }
}
