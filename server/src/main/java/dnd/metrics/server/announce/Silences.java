package dnd.metrics.server.announce;

import dnd.metrics.server.model.Labels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All silences that are not long over. Changes are made in two steps, since a change must be
 * durable before it holds: a plan says which silences would become what, {@link #put} lets it hold.
 * Not safe for use by several threads.
 */
final class Silences {
  /** How long a silence that is over is remembered, as in Alertmanager. */
  static final long RETENTION_MILLIS = 120L * 3_600_000;

  private final Map<String, Silence> silences = new LinkedHashMap<>();

  /** The state of each at the last turn. */
  private final Map<String, Silence.State> states = new HashMap<>();

  /** Those that hold until {@link #nextTurnMillis}. */
  private List<Silence> active = List.of();

  private long nextTurnMillis = Long.MAX_VALUE;

  Collection<Silence> all() {
    return silences.values();
  }

  @Nullable Silence get(String id) {
    return silences.get(id);
  }

  /** Lets silences hold as they are now; gives those whose state is another one than noted. */
  List<Silence> put(Collection<Silence> changed, long nowMillis) {
    for (Silence silence : changed) {
      silences.put(silence.id(), silence);
      states.put(silence.id(), silence.state(silence.updatedAtMillis()));
    }
    return turn(nowMillis);
  }

  /** When the next silence begins, ends, or is forgotten. */
  long nextTurnMillis() {
    return nextTurnMillis;
  }

  /**
   * Sees which silences hold now; forgets those that are long over. Gives those whose state has
   * changed.
   */
  List<Silence> turn(long nowMillis) {
    silences.values().removeIf(each -> each.endsAtMillis() + RETENTION_MILLIS <= nowMillis);
    states.keySet().retainAll(silences.keySet());
    List<Silence> changed = new ArrayList<>();
    List<Silence> holding = new ArrayList<>();
    long next = Long.MAX_VALUE;
    for (Silence silence : silences.values()) {
      Silence.State state = silence.state(nowMillis);
      if (states.put(silence.id(), state) != state) {
        changed.add(silence);
      }
      switch (state) {
        case PENDING -> next = Math.min(next, silence.startsAtMillis());
        case ACTIVE -> {
          holding.add(silence);
          next = Math.min(next, silence.endsAtMillis());
        }
        case EXPIRED -> next = Math.min(next, silence.endsAtMillis() + RETENTION_MILLIS);
      }
    }
    active = List.copyOf(holding);
    nextTurnMillis = next;
    return changed;
  }

  /** The silences that held at the last turn. */
  List<Silence> active() {
    return active;
  }

  /** The ids of those of {@code active} that silence an alert with these labels. */
  static List<String> matching(List<Silence> active, Labels labels) {
    List<String> ids = null;
    for (Silence silence : active) {
      if (silence.matches(labels)) {
        ids = ids == null ? new ArrayList<>() : ids;
        ids.add(silence.id());
      }
    }
    return ids == null ? List.of() : ids;
  }

  /**
   * What saving {@code draft} changes, the saved silence last. A draft with the id of a silence
   * edits it where that does not change what it silenced in the past: the end, author and comment
   * at any time, the start while it is pending. Otherwise the old one expires and a new one takes
   * its place.
   *
   * @param newId for a silence that is made
   */
  List<Silence> planSave(Silence draft, String newId, long nowMillis) {
    Silence former = silences.get(draft.id());
    if (former != null && isEdit(former, draft, nowMillis)) {
      return List.of(draft.with(draft.id(), draft.startsAtMillis(), nowMillis));
    }
    List<Silence> changes = new ArrayList<>(2);
    if (former != null && former.state(nowMillis) != Silence.State.EXPIRED) {
      changes.add(former.expired(nowMillis));
    }
    changes.add(draft.with(newId, Math.max(draft.startsAtMillis(), nowMillis), nowMillis));
    return changes;
  }

  private static boolean isEdit(Silence former, Silence draft, long nowMillis) {
    return former.matchers().equals(draft.matchers())
        && switch (former.state(nowMillis)) {
          case ACTIVE ->
              former.startsAtMillis() / 1000 == draft.startsAtMillis() / 1000
                  && draft.endsAtMillis() >= nowMillis;
          case PENDING -> draft.startsAtMillis() >= nowMillis;
          case EXPIRED -> false;
        };
  }
}
