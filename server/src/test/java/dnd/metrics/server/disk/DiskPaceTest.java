package dnd.metrics.server.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiskPaceTest {
  /** Time that passes only when a disk works or somebody rests. */
  private static final class FakeClock implements DiskPace.Clock {
    final List<Long> rests = new ArrayList<>();
    long now = 17;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void rest(long nanos) {
      rests.add(nanos);
      now += nanos;
    }
  }

  private final FakeClock clock = new FakeClock();
  private boolean awaited;
  private final DiskPace pace = new DiskPace(() -> awaited, clock);

  private void forceFor(long nanos) throws IOException {
    pace.force(() -> clock.now += nanos);
  }

  @Test
  void whoForcedRestsThreeTimesAsLong() throws IOException {
    forceFor(2_000_000);
    forceFor(700_000);
    assertThat(clock.rests).containsExactly(6_000_000L, 2_100_000L);
  }

  @Test
  void aRestIsBoundedHoweverSlowTheDiskIs() throws IOException {
    forceFor(16_666_666);
    forceFor(16_666_667);
    forceFor(3_000_000_000L);
    assertThat(clock.rests).containsExactly(49_999_998L, 50_000_000L, 50_000_000L);
  }

  @Test
  void thereIsNoRestOnceSomebodyWaits() throws IOException {
    forceFor(1_000);
    pace.force(() -> {
      clock.now += 1_000;
      awaited = true; // while it is forced
    });
    forceFor(1_000);
    assertThat(clock.rests).containsExactly(3_000L);
    awaited = false;
    forceFor(2_000);
    assertThat(clock.rests).containsExactly(3_000L, 6_000L);
  }

  @Test
  void whereAForceFailsThereIsNoRest() {
    assertThatThrownBy(() ->
            pace.force(() -> {
              clock.now += 1_000;
              throw new IOException("Input/output error");
            }))
        .hasMessage("Input/output error");
    assertThat(clock.rests).isEmpty();
  }

  /** 100 MiB on a disk that takes 2 ms for a MiB: 0.2 s of work in 0.8 s. */
  @Test
  void aFileHasAQuarterOfTheDisk() throws IOException {
    int[] forces = {0};
    Portions portions =
        new Portions(
            pace,
            () -> {
              forces[0]++;
              clock.now += 2_000_000;
            });
    long started = clock.now;
    long left = 100L << 20;
    int piece = 300_000;
    while (left > 0) {
      int n = (int) Math.min(left, Math.min(piece, portions.room()));
      portions.wrote(n);
      left -= n;
    }
    assertThat(forces[0]).isEqualTo(100);
    assertThat(clock.now - started).isEqualTo(800_000_000L);
  }

  @Test
  void aPortionBeginsAnewBehindEachForce() throws IOException {
    int[] forces = {0};
    Portions portions = new Portions(pace, () -> forces[0]++);
    assertThat(portions.room()).isEqualTo(Portions.BYTES);
    portions.wrote(Portions.BYTES - 1);
    assertThat(forces[0]).isZero();
    assertThat(portions.room()).isEqualTo(1);
    portions.force();
    assertThat(forces[0]).isEqualTo(1);
    assertThat(portions.room()).isEqualTo(Portions.BYTES);
    portions.wrote(Portions.BYTES);
    assertThat(forces[0]).isEqualTo(2);
    assertThat(portions.room()).isEqualTo(Portions.BYTES);
  }

  @Test
  void whatIsWrittenIsCutWherePortionsEnd() throws IOException {
    List<String> done = new ArrayList<>();
    Portions portions = new Portions(pace, () -> done.add("force"));
    Portions.Part part = (at, bytes) -> done.add(bytes + " at " + at);
    portions.write(Portions.BYTES - 3, part);
    portions.write(2L * Portions.BYTES, part);
    portions.write(0, part);
    assertThat(done)
        .containsExactly(
            "1048573 at 0", "3 at 0", "force", "1048576 at 3", "force", "1048573 at 1048579");
    portions.write(3, part);
    assertThat(done).endsWith("3 at 0", "force");
  }

  @Test
  void aPortionThatCouldNotBeForcedIsForcedWithTheNext() throws IOException {
    boolean[] fails = {true};
    Portions portions =
        new Portions(
            pace,
            () -> {
              if (fails[0]) {
                throw new IOException("Input/output error");
              }
            });
    assertThatThrownBy(() -> portions.wrote(Portions.BYTES)).hasMessage("Input/output error");
    fails[0] = false;
    portions.force();
    assertThat(portions.room()).isEqualTo(Portions.BYTES);
  }
}
