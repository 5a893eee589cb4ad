package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TouchedWatchesTest {
  @Test
  void nameEveryGroupThatWasAddedAndNoOther() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    TouchedWatches touched = new TouchedWatches();
    for (int round = 0; round < 200; round++) {
      List<WatchGroup> groups = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(round % 10 == 0 ? 300 : 6); i++) {
        groups.add(new WatchGroup(List.of()));
      }
      Set<WatchGroup> added = new HashSet<>();
      for (int i = random.nextInt(200); i > 0; i--) {
        WatchGroup group = groups.get(random.nextInt(groups.size()));
        touched.add(group);
        added.add(group);
      }
      assertThat(touched.isEmpty()).isEqualTo(added.isEmpty());
      for (int time = 1; time <= 2; time++) {
        assertThat(Set.copyOf(List.of(touched.all())))
            .as("seed %d round %d, until they are forgotten", seed, round)
            .isEqualTo(added);
      }
      touched.clear();
      assertThat(touched.isEmpty()).isTrue();
      assertThat(touched.all()).isEmpty();
    }
  }

  @Test
  void nameAGroupOnceThatSeriesShareInTurn() {
    WatchGroup one = new WatchGroup(List.of());
    WatchGroup other = new WatchGroup(List.of());
    TouchedWatches touched = new TouchedWatches();
    for (int i = 0; i < 100; i++) {
      touched.add(i % 3 == 0 ? one : other);
    }
    assertThat(touched.all()).containsExactly(one, other);
  }

  private static WeakReference<WatchGroup> added(TouchedWatches touched) {
    WatchGroup group = new WatchGroup(List.of());
    touched.add(group);
    return new WeakReference<>(group);
  }

  @Test
  void holdNoGroupThatWasForgotten() {
    TouchedWatches touched = new TouchedWatches();
    WeakReference<WatchGroup> group = added(touched);
    assertThat(touched.all()).hasSize(1);
    touched.clear();
    await()
        .atMost(1, TimeUnit.MINUTES)
        .until(() -> {
          System.gc();
          return group.get() == null;
        });
    assertThat(touched.isEmpty()).isTrue();
  }

  @Test
  void aGroupThatIsNamedAgainHasNoMoreEventsByThat() {
    WatchGroup group = new WatchGroup(List.of());
    AppendedEvent event = new AppendedEvent(7, new SenderId("tavern", ""), "c", 1, 2);
    assertThat(group.hasNews()).isFalse();
    group.note(event);
    assertThat(group.hasNews()).isTrue();
    group.takeNews();
    assertThat(group.hasNews()).isFalse();
    group.note(event);
    assertThat(group.hasNews()).as("of the same event").isFalse();
  }
}
