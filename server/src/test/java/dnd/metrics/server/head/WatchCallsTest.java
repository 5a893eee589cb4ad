package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.database.UnspeakableError;
import dnd.metrics.server.model.Matcher;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchCallsTest {
  private static final SenderId TAVERN = new SenderId("tavern", "1");
  private static final long PAUSE_NANOS = 5_000_000;

  @TempDir Path folder;
  private Head head;
  private long nanos;
  private final WatchCalls calls = new WatchCalls(() -> nanos);
  private final List<AppendedEvents> told = new ArrayList<>();

  @BeforeEach
  void open() throws Exception {
    head = Head.open(folder.resolve("data"), HeadOptions.DEFAULT, ReplayListener.SILENT);
  }

  @AfterEach
  void close() throws Exception {
    head.close();
  }

  /** So many groups of series, all of which one watch sees, and no other. */
  private WatchGroup[] groups(int count) {
    SeriesWatch watch = watch(told::add);
    WatchGroup[] groups = new WatchGroup[count];
    for (int i = 0; i < count; i++) {
      groups[i] = new WatchGroup(List.of(watch));
    }
    return groups;
  }

  private SeriesWatch watch(AppendListener listener) {
    return new SeriesWatch(head, List.of(List.of(Matcher.equal("__name__", "mugs"))), listener);
  }

  private void event(WatchGroup[] concerned, long millis) {
    calls.add(concerned, TAVERN, "c" + millis, millis, millis);
  }

  @Test
  void tellOnceAForceHoweverManyFollow() {
    WatchGroup[] few = groups(100);
    for (int force = 1; force <= 3; force++) {
      event(few, force);
      event(few, force + 10);
      calls.afterForce(true);
      assertThat(told).hasSize(force);
      assertThat(told.getLast().oldestMillis()).isEqualTo(force);
      assertThat(told.getLast().newestMillis()).isEqualTo(force + 10);
    }
    calls.afterForce(true);
    assertThat(told).as("nothing came").hasSize(3);
  }

  @Test
  void tellOfAFloodWhatSeveralForcesHaveBrought() {
    WatchGroup[] many = groups(101);
    event(many, 1);
    calls.afterForce(true);
    assertThat(told).as("it was long since").hasSize(1);
    for (int i = 2; i <= 5; i++) {
      nanos += PAUSE_NANOS / 5;
      event(many, i);
      calls.afterForce(true);
    }
    assertThat(told).hasSize(1);
    nanos += PAUSE_NANOS / 5;
    event(many, 6);
    calls.afterForce(true);
    assertThat(told).hasSize(2);
    assertThat(told.getLast().oldestMillis()).isEqualTo(2);
    assertThat(told.getLast().newestMillis()).isEqualTo(6);
  }

  @Test
  void oneForWhichThereIsNoMemoryKeepsNoOtherFromHearing() {
    AppendListener withoutMemory =
        events -> {
          throw new UnspeakableError();
        };
    WatchGroup[] one = {
      new WatchGroup(List.of(watch(withoutMemory), watch(told::add))),
      new WatchGroup(List.of(watch(withoutMemory)))
    };
    for (int force = 1; force <= 3; force++) {
      event(one, force);
      calls.afterForce(false);
      assertThat(told).hasSize(force);
      assertThat(told.getLast().newestMillis()).isEqualTo(force);
    }
  }

  /** Events of which several cannot be joined, since memory is missing for their senders. */
  private static AppendedEvents withoutMemory(long millis) {
    EventSum sum = new EventSum();
    sum.add(new AppendedEvent(millis, TAVERN, "c" + millis, millis, millis));
    return new AppendedEvents(
        sum,
        new AbstractList<>() {
          @Override
          public LastEvents get(int i) {
            throw new OutOfMemoryError("thrown by a test");
          }

          @Override
          public int size() {
            return 1;
          }
        });
  }

  @Test
  void whatCannotBeJoinedIsToldInItsParts() {
    SeriesWatch watch = watch(told::add);
    watch.note(withoutMemory(1));
    watch.note(withoutMemory(2));
    watch.tell();
    assertThat(told).extracting(AppendedEvents::newestMillis).containsExactly(1L, 2L);
    assertThat(watch.hasNews()).isFalse();
    event(new WatchGroup[] {new WatchGroup(List.of(watch))}, 3);
    calls.afterForce(false);
    assertThat(told).extracting(AppendedEvents::newestMillis).containsExactly(1L, 2L, 3L);
  }

  @Test
  void tellBeforeTheLogRests() {
    WatchGroup[] many = groups(101);
    event(many, 1);
    calls.afterForce(true);
    event(many, 2);
    calls.afterForce(true);
    assertThat(told).hasSize(1);
    calls.afterForce(false);
    assertThat(told).hasSize(2);
    assertThat(told.getLast().newestMillis()).isEqualTo(2);
  }
}
