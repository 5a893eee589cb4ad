package dnd.metrics.server.head;

import java.util.List;

/**
 * The watches that concern a series. Series with the same watches share one, so that an event which
 * a hundred watches see is passed on as few groups. Immutable; equal only to itself.
 */
final class WatchGroup {
  static final WatchGroup NOBODY = new WatchGroup(List.of());

  private final List<SeriesWatch> watches;

  WatchGroup(List<SeriesWatch> watches) {
    this.watches = List.copyOf(watches);
  }

  boolean isEmpty() {
    return watches.isEmpty();
  }

  List<SeriesWatch> watches() {
    return watches;
  }
}
