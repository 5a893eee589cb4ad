package dnd.metrics.server.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UnixDateTest {
  @Test
  void agreesWithTheCalendar() {
    long seed = 99;
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      long seconds = random.nextLong(-200_000_000_000L, 200_000_000_000L);
      LocalDateTime expected = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
      UnixDate date = new UnixDate(seconds);
      String what = "seed " + seed + ", seconds " + seconds;
      assertThat(date.year()).as(what).isEqualTo(expected.getYear());
      assertThat(date.month()).as(what).isEqualTo(expected.getMonthValue());
      assertThat(date.dayOfMonth()).as(what).isEqualTo(expected.getDayOfMonth());
      assertThat(date.dayOfYear()).as(what).isEqualTo(expected.getDayOfYear());
      assertThat(date.daysInMonth()).as(what).isEqualTo(expected.toLocalDate().lengthOfMonth());
      assertThat(date.dayOfWeek()).as(what).isEqualTo(expected.getDayOfWeek().getValue() % 7);
      assertThat(date.hour()).as(what).isEqualTo(expected.getHour());
      assertThat(date.minute()).as(what).isEqualTo(expected.getMinute());
    }
  }

  /** What Prometheus 3.14 says on amd64. */
  @Test
  void whatIsNoTimeHasADateToo() {
    for (double none : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1e300}) {
      UnixDate date = new UnixDate(none);
      assertThat(date.minute()).isEqualTo(30);
      assertThat(date.dayOfMonth()).isEqualTo(4);
      assertThat(date.dayOfYear()).isEqualTo(339);
      assertThat(date.dayOfWeek()).isEqualTo(0);
    }
  }
}
