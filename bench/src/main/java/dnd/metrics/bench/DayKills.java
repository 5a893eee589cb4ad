package dnd.metrics.bench;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * When the service is killed in a day: before each of these events, by number. All but the last
 * kill are at random moments between {@link #FIRST_HOUR} and noon, so that what memory does
 * afterwards can be seen for half a day; the last one is when all was pushed, while blocks are
 * still made and merged and go.
 */
record DayKills(List<Long> beforeEvents) {
  /** By then a range is over, and is cut soon. */
  static final double FIRST_HOUR = 1.5;

  DayKills {
    beforeEvents = List.copyOf(beforeEvents);
  }

  static DayKills of(int kills, long seed, DayLoad load, int hours) {
    if (kills < 0) {
      throw new IllegalArgumentException(kills + " kills");
    }
    if (kills == 0) {
      return new DayKills(List.of());
    }
    long noon = load.events() / 2;
    long first = Math.min((long) (load.events() * FIRST_HOUR / hours), noon - 1);
    LongStream early = new Random(seed).longs(kills - 1L, first, noon).sorted();
    return new DayKills(LongStream.concat(early, LongStream.of(load.events())).boxed().toList());
  }

  /** The hour of the last kill while events are pushed; 0 for none. */
  double lastHour(DayLoad load) {
    return beforeEvents.size() < 2
        ? 0
        : (load.timeMillis(beforeEvents.get(beforeEvents.size() - 2)) - load.timeMillis(0)) / 3.6e6;
  }
}
