package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LastEventsTest {
  private static final long HOUR_NANOS = 3_600_000_000_000L;
  private static final SenderId TAVERN = new SenderId("tavern", "1");
  private static final SenderId KEG = new SenderId("keg", "");

  private long numbers;

  private AppendedEvent event(SenderId sender) {
    return new AppendedEvent(++numbers, sender, "c" + numbers, 1, 1);
  }

  @Test
  void forgetSendersThatHaveBeenSilentForTwoHours() {
    for (long start : List.of(0L, -HOUR_NANOS, Long.MAX_VALUE - HOUR_NANOS)) { // as of nanoTime
      LastEvents events = new LastEvents();
      events.forgetSilent(start);
      AppendedEvent silent = event(KEG);
      events.add(silent);
      AppendedEvent last = event(TAVERN);
      events.add(last);
      for (int minutes = 1; minutes < 120; minutes++) {
        events.forgetSilent(start + minutes * (HOUR_NANOS / 60));
        assertThat(events.of(KEG)).isEqualTo(silent);
        assertThat(events.of(TAVERN)).isEqualTo(last);
        last = event(TAVERN);
        events.add(last);
      }
      events.forgetSilent(start + 2 * HOUR_NANOS);
      assertThat(events.of(KEG)).isNull();
      assertThat(events.of(TAVERN)).isEqualTo(last);
    }
  }
}
