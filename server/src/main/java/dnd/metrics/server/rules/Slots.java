package dnd.metrics.server.rules;

import dnd.metrics.server.announce.Fingerprint;
import dnd.metrics.server.model.Labels;

/**
 * The times at which a group is evaluated: one an interval, always the same ones whenever the
 * service started, spread over the interval by a hash of the group's name, as in Prometheus.
 */
record Slots(long intervalMillis, long offsetMillis) {
  static Slots of(PreparedGroup group) {
    String hash = Fingerprint.of(Labels.of("file", group.file(), "name", group.name()));
    return new Slots(
        group.intervalMillis(),
        Long.remainderUnsigned(Long.parseUnsignedLong(hash, 16), group.intervalMillis()));
  }

  /** The first slot after a time. */
  long after(long timeMillis) {
    long since = Math.floorDiv(timeMillis - offsetMillis, intervalMillis);
    return (since + 1) * intervalMillis + offsetMillis;
  }

  /**
   * The slot to come after one that was evaluated: the one behind it, or an earlier one where the
   * clock was set back, by more than half an interval, since that one was awaited.
   */
  long next(long slotMillis, long nowMillis) {
    return Math.min(slotMillis + intervalMillis, after(nowMillis + intervalMillis / 2));
  }

  /** How many slots lie after {@code slotMillis} and not after {@code nowMillis}. */
  long missed(long slotMillis, long nowMillis) {
    return Math.max(0, Math.floorDiv(nowMillis - slotMillis, intervalMillis));
  }
}
