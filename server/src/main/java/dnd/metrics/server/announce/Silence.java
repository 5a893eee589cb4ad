package dnd.metrics.server.announce;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.util.List;

/**
 * For a time, alerts that fulfil all of the matchers are not announced. Immutable.
 *
 * @param startsAtMillis Unix milliseconds
 * @param endsAtMillis Unix milliseconds; not silenced any more at this time
 */
record Silence(
    String id,
    List<Matcher> matchers,
    long startsAtMillis,
    long endsAtMillis,
    String createdBy,
    String comment,
    long updatedAtMillis) {

  /** Where the silence stands in time. */
  enum State {
    PENDING("pending"),
    ACTIVE("active"),
    EXPIRED("expired");

    private final String text;

    State(String text) {
      this.text = text;
    }

    /** The word that events and the table have. */
    String text() {
      return text;
    }
  }

  Silence {
    matchers = List.copyOf(matchers);
  }

  State state(long nowMillis) {
    if (nowMillis < startsAtMillis) {
      return State.PENDING;
    }
    return nowMillis < endsAtMillis ? State.ACTIVE : State.EXPIRED;
  }

  boolean matches(Labels labels) {
    return Matcher.allMatch(matchers, labels);
  }

  /** The same silence, over at {@code nowMillis}. */
  Silence expired(long nowMillis) {
    return new Silence(
        id,
        matchers,
        Math.min(startsAtMillis, nowMillis),
        nowMillis,
        createdBy,
        comment,
        nowMillis);
  }

  Silence with(String otherId, long otherStartsAtMillis, long nowMillis) {
    return new Silence(
        otherId, matchers, otherStartsAtMillis, endsAtMillis, createdBy, comment, nowMillis);
  }
}
