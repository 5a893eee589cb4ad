package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventsSinceTest {
  private static final SenderId TAVERN = new SenderId("tavern", "1");
  private static final SenderId KEG = new SenderId("keg", "");

  private final WatchGroup group = new WatchGroup(List.of());
  private long numbers;

  private AppendedEvents come(SenderId sender, @Nullable String correlationId) {
    group.note(new AppendedEvent(++numbers, sender, correlationId, 1, 1));
    return group.takeNews();
  }

  private static @Nullable String idOf(EventsSince events, SenderId sender) {
    AppendedEvent last = events.lastOf(sender);
    return last == null ? null : last.correlationId();
  }

  @Test
  void knowsTheLastOfEachSender() {
    EventsSince events = new EventsSince();
    for (int i = 0; i < 1_000; i++) {
      events.add(come(TAVERN, "t" + i));
      events.add(come(KEG, "k" + i));
    }
    assertThat(idOf(events, TAVERN)).isEqualTo("t999");
    assertThat(idOf(events, KEG)).isEqualTo("k999");
    assertThat(idOf(events, new SenderId("keg", "1"))).isNull();
  }

  @Test
  void doesNotKnowWhatCameBefore() {
    come(TAVERN, "early");
    EventsSince events = new EventsSince();
    events.add(come(KEG, "k"));
    assertThat(idOf(events, TAVERN)).isNull();
    events.add(come(TAVERN, "late"));
    assertThat(idOf(events, TAVERN)).isEqualTo("late");
  }

  @Test
  void keepsTheLastEventWithAnIdWhereLaterOnesHaveNone() {
    EventsSince events = new EventsSince();
    events.add(come(TAVERN, "t"));
    events.add(come(TAVERN, null));
    assertThat(idOf(events, TAVERN)).isEqualTo("t");
  }

  @Test
  void ofVeryManySendersThoseOfLateAreRemembered() {
    EventsSince events = new EventsSince();
    for (int i = 0; i < 100_000; i++) {
      events.add(come(new SenderId("s" + i, ""), "e" + i));
    }
    for (int i = 100_000 - 16_384; i < 100_000; i++) {
      assertThat(idOf(events, new SenderId("s" + i, ""))).isEqualTo("e" + i);
    }
    assertThat(idOf(events, new SenderId("s1", ""))).as("it is over").isNull();
  }

  @Test
  void takesInWhatAnotherOneHas() {
    EventsSince one = new EventsSince();
    EventsSince other = new EventsSince();
    come(KEG, "early");
    one.add(come(TAVERN, "t"));
    other.add(come(KEG, "k"));
    one.add(other);
    assertThat(idOf(one, TAVERN)).isEqualTo("t");
    assertThat(idOf(one, KEG)).isEqualTo("k");
    one.add(come(KEG, "later"));
    assertThat(idOf(one, KEG)).isEqualTo("later");
  }
}
