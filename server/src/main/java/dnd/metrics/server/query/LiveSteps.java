package dnd.metrics.server.query;

/**
 * The steps of a live range query, numbered from one that lies near the epoch: step i is at {@code
 * phaseMillis + i * stepMillis}. The window that slides over them is {@code widthMillis} wide.
 */
record LiveSteps(long phaseMillis, long stepMillis, long widthMillis) {
  static LiveSteps of(long startMillis, long endMillis, long stepMillis) {
    return new LiveSteps(
        Math.floorMod(startMillis, stepMillis), stepMillis, endMillis - startMillis);
  }

  long timeMillis(long step) {
    return phaseMillis + step * stepMillis;
  }

  /** The last step that is not after {@code millis}. */
  long lastUpTo(long millis) {
    return Math.floorDiv(millis - phaseMillis, stepMillis);
  }

  /** The first step that is not before {@code millis}. */
  long firstFrom(long millis) {
    return Math.ceilDiv(millis - phaseMillis, stepMillis);
  }

  /** The oldest step of the window whose newest is {@code last}. */
  long oldestOf(long last) {
    return firstFrom(timeMillis(last) - widthMillis);
  }

  /** How many steps the window has at most. */
  int inWindow() {
    return Math.toIntExact(widthMillis / stepMillis + 1);
  }
}
