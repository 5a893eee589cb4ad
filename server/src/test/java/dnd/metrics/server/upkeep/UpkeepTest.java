package dnd.metrics.server.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.database.UnspeakableError;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UpkeepTest {
  private final List<Exception> told = new CopyOnWriteArrayList<>();
  private final CountDownLatch runs = new CountDownLatch(4);

  /** The first two times. */
  private void fail() {
    runs.countDown();
    if (runs.getCount() >= 2) {
      throw new OutOfMemoryError("of the test");
    }
  }

  @Test
  void goesOnAfterAnErrorAndTellsTheFirst() throws InterruptedException {
    try (Upkeep upkeep = new Upkeep("test", 1, TimeUnit.MILLISECONDS.toNanos(1))) {
      upkeep.start(this::fail, told::add);
      assertThat(runs.await(1, TimeUnit.MINUTES)).isTrue();
      assertThat(upkeep.failures()).isEqualTo(2);
    }
    assertThat(told).hasSize(1);
    assertThat(told.getFirst()).hasCauseInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void goesOnWhereThereIsNoMemoryToSayWhatFailed() throws InterruptedException {
    try (Upkeep upkeep = new Upkeep("test", 1, TimeUnit.MILLISECONDS.toNanos(1))) {
      upkeep.start(
          () -> {
            runs.countDown();
            throw new UnspeakableError();
          },
          told::add);
      assertThat(runs.await(1, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(told).hasSize(1);
    assertThat(told.getFirst()).hasMessage("memory is missing");
  }

  @Test
  void whatCouldNotBeToldIsToldTheNextTime() throws InterruptedException {
    try (Upkeep upkeep = new Upkeep("test", 1, TimeUnit.MILLISECONDS.toNanos(1))) {
      upkeep.start(
          () -> {
            runs.countDown();
            throw new IllegalStateException("of the test");
          },
          failure -> {
            if (runs.getCount() == 3) {
              throw new OutOfMemoryError("of the test, to say so");
            }
            told.add(failure);
          });
      assertThat(runs.await(1, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(told).hasSize(1);
  }

  @Test
  void whatBeginsAtOnceAwaitsNoPeriod() throws InterruptedException {
    long day = TimeUnit.DAYS.toNanos(1);
    CountDownLatch begun = new CountDownLatch(1);
    try (Upkeep upkeep = new Upkeep("test", day, day)) {
      upkeep.startAtOnce(begun::countDown, told::add);
      assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(told).isEmpty();
  }
}
