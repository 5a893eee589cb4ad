package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AppendedEventsTest {
  /** Against one list of all events, however they are spread over parts. */
  @Test
  void answersForItsPartsAsForOneList() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<SenderId> senders = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      senders.add(new SenderId("s" + i, ""));
    }
    for (int round = 0; round < 500; round++) {
      List<AppendedEvent> all = new ArrayList<>();
      List<List<AppendedEvent>> groups = new ArrayList<>();
      int groupCount = 1 + random.nextInt(4);
      for (int i = 0; i < groupCount; i++) {
        groups.add(new ArrayList<>());
      }
      int events = groupCount + random.nextInt(10);
      for (int number = 0; number < events; number++) {
        long newest = random.nextInt(1_000);
        AppendedEvent event =
            new AppendedEvent(
                number,
                senders.get(random.nextInt(senders.size())),
                random.nextInt(4) == 0 ? null : "c" + number,
                newest - random.nextInt(100),
                newest);
        all.add(event);
        groups.get(number < groupCount ? number : random.nextInt(groupCount)).add(event);
      }
      AppendedEvents joined = AppendedEvents.joined(groups.stream().map(Appended::of).toList());
      EventsSince since = new EventsSince();
      since.add(joined);
      String what = "seed %d round %d".formatted(seed, round);
      assertThat(joined.oldestMillis())
          .as(what)
          .isEqualTo(all.stream().mapToLong(AppendedEvent::oldestMillis).min().orElseThrow());
      assertThat(joined.newestMillis())
          .as(what)
          .isEqualTo(all.stream().mapToLong(AppendedEvent::newestMillis).max().orElseThrow());
      assertThat(joined.last()).as(what).isEqualTo(last(all, null));
      for (SenderId sender : senders) {
        assertThat(since.lastOf(sender)).as(what).isEqualTo(last(all, sender));
        assertThat(joined.newestMillisOfOthers(sender))
            .as(what)
            .isEqualTo(
                all.stream()
                    .filter(event -> !event.sender().equals(sender))
                    .mapToLong(AppendedEvent::newestMillis)
                    .max());
      }
    }
  }

  private static @Nullable AppendedEvent last(List<AppendedEvent> all, @Nullable SenderId sender) {
    return all.stream()
        .filter(event -> event.correlationId() != null)
        .filter(event -> sender == null || event.sender().equals(sender))
        .max(Comparator.comparingLong(AppendedEvent::number))
        .orElse(null);
  }
}
