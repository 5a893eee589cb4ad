package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdsTest {
  private record Event(long sequence, long receivedMillis) {}

  /** The same in the simplest way. */
  private static final class Model {
    private final Map<String, Event> events = new LinkedHashMap<>();

    void add(String id, long sequence, long receivedMillis) {
      Event known = events.get(id);
      events.put(id, new Event(sequence, known == null ? receivedMillis : known.receivedMillis));
      Iterator<Event> oldest = events.values().iterator();
      while (known == null
          && events.size() > EventIds.KEPT_AT_LEAST
          && (events.size() > EventIds.KEPT_AT_MOST
              || oldest.next().receivedMillis < receivedMillis - EventIds.KEPT_MILLIS)) {
        Iterator<Event> first = events.values().iterator();
        first.next();
        first.remove();
        oldest = events.values().iterator();
      }
    }
  }

  /** Ids as people make them. */
  private static String id(Random random, int number) {
    UUID uuid = new UUID(random.nextLong(), number);
    return switch (random.nextInt(8)) {
      case 0, 5 -> uuid.toString();
      case 6 -> uuid.toString().toUpperCase(Locale.ROOT);
      case 7 -> uuid.toString().replace('-', random.nextBoolean() ? 'g' : '\u00ff');
      case 1 -> "e" + number;
      case 2 -> "Würfelwurf ⚄ " + number;
      case 3 -> Character.toString(random.nextInt(0xd800)) + number % 3;
      default -> "x".repeat(random.nextInt(200)) + number;
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_000, 10_000, 700_000})
  void remembersWhatTheModelRemembers(int stepMillis) {
    long seed = System.nanoTime();
    System.out.println("EventIdsTest seed " + seed);
    Random random = new Random(seed);
    EventIds ids = new EventIds();
    Model model = new Model();
    List<String> used = new ArrayList<>(List.of("first"));
    long now = 1_700_000_000_000L;
    for (int i = 0; i < 3_000; i++) {
      now += random.nextInt(stepMillis + 1);
      String id = random.nextInt(10) == 0 ? used.get(random.nextInt(used.size())) : id(random, i);
      used.add(id);
      ids.add(id, i, now);
      model.add(id, i, now);
      assertThat(ids.size()).isEqualTo(model.events.size());
      if (i % 250 == 0) {
        used.forEach(each -> assertSame(ids, model, each));
        assertThat(comingBack(ids).size()).isEqualTo(ids.size());
      }
      assertSame(ids, model, used.get(random.nextInt(used.size())));
    }
    EventIds back = comingBack(ids);
    used.forEach(each -> assertSame(back, model, each));
    assertThat(back.newestMillis()).isEqualTo(ids.newestMillis());
  }

  private static void assertSame(EventIds ids, Model model, String id) {
    Event event = model.events.get(id);
    assertThat(ids.sequenceOf(id)).as(id).isEqualTo(event == null ? null : event.sequence);
  }

  private static EventIds comingBack(EventIds ids) {
    CheckpointBytes out = new CheckpointBytes();
    ids.write(out);
    EventIds back = new EventIds();
    CheckpointCursor in = CheckpointCursor.of(out.content());
    back.read(in);
    assertThat(in.hasMore()).isFalse();
    return back;
  }

  @Test
  void remembersAsManyAsItMayWhateverTheirAge() {
    EventIds ids = new EventIds();
    int count = EventIds.KEPT_AT_MOST + 1_000;
    for (int i = 0; i < count; i++) {
      ids.add("event " + i, i, 1_000);
    }
    assertThat(ids.size()).isEqualTo(EventIds.KEPT_AT_MOST);
    assertThat(ids.sequenceOf("event 999")).isNull();
    assertThat(ids.sequenceOf("event 1000")).isEqualTo(1_000);
    for (int i = 0; i < 300; i++) {
      ids.add("late " + i, count + i, 1_001 + EventIds.KEPT_MILLIS);
    }
    assertThat(ids.size()).as("old ones go, but for the last").isEqualTo(300);
    assertThat(ids.sequenceOf("late 0")).isEqualTo(count);
  }

  @Test
  void halvesOfPairsThatStandAloneDiffer() {
    EventIds ids = new EventIds();
    ids.add("\ud83c", 1, 0);
    ids.add("\ud83d", 2, 0);
    ids.add("\ud83d\udc09", 3, 0);
    assertThat(ids.sequenceOf("\ud83c")).isEqualTo(1);
    assertThat(ids.sequenceOf("\ud83d")).isEqualTo(2);
    assertThat(ids.sequenceOf("\ud83d\udc09")).isEqualTo(3);
    assertThat(ids.sequenceOf("?")).isNull();
  }

  /** A UUID is kept by its bits, so it must be the very same text that it stands for. */
  @Test
  void onlyTheSameTextIsTheSameUuid() {
    String id = "0a1b2c3d-4e5f-6789-abcd-ef0123456789";
    EventIds ids = new EventIds();
    ids.add(id, 1, 0);
    assertThat(ids.sequenceOf(id)).isEqualTo(1);
    for (String other :
        List.of(
            id.toUpperCase(Locale.ROOT),
            id.replace("-", ""),
            id + "0",
            "{" + id.substring(1),
            id.replace('a', '\u0661'),
            "a-1b2c3d-4e5f-6789-abcd-ef0123456789")) {
      assertThat(ids.sequenceOf(other)).as(other).isNull();
    }
    assertThat(comingBack(ids).sequenceOf(id)).isEqualTo(1);
  }

  @Test
  void knowsNothingAtFirst() {
    EventIds ids = new EventIds();
    assertThat(ids.sequenceOf("e")).isNull();
    assertThat(ids.newestMillis()).isEqualTo(Long.MIN_VALUE);
    assertThat(comingBack(ids).size()).isZero();
  }
}
