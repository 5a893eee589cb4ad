package dnd.metrics.server.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlotsTest {
  private final Slots slots = new Slots(60_000, 7_000);

  @Test
  void areAlignedToTheIntervalAndMovedByTheOffset() {
    assertThat(slots.after(0)).isEqualTo(7_000);
    assertThat(slots.after(6_999)).isEqualTo(7_000);
    assertThat(slots.after(7_000)).isEqualTo(67_000);
    assertThat(slots.after(-60_000)).isEqualTo(-53_000);
  }

  @Test
  void countThoseThatWereMissed() {
    assertThat(slots.missed(67_000, 67_000)).isZero();
    assertThat(slots.missed(67_000, 126_999)).isZero();
    assertThat(slots.missed(67_000, 127_000)).isEqualTo(1);
    assertThat(slots.missed(67_000, 400_000)).isEqualTo(5);
    assertThat(slots.missed(67_000, 10_000)).isZero();
  }

  @Test
  void areTheSameWheneverTheServiceStarts() throws Exception {
    PreparedGroup group =
        TestGroup.prepare("groups: [{name: g, interval: 30s, rules: [{record: a, expr: sum(b)}]}]");
    Slots first = Slots.of(group);
    assertThat(first.offsetMillis()).isBetween(0L, 29_999L);
    assertThat(Slots.of(group)).isEqualTo(first);
  }

  @Test
  void anEarlierOneComesNextWhereTheClockWasSetBack() {
    assertThat(slots.next(67_000, 67_000)).isEqualTo(127_000);
    assertThat(slots.next(67_000, 66_990)).as("the timer was early").isEqualTo(127_000);
    assertThat(slots.next(67_000, 120_000)).isEqualTo(127_000);
    assertThat(slots.next(3_667_000, 67_000)).isEqualTo(127_000);
    assertThat(slots.next(3_667_000, 3_637_000 - 31_000)).isEqualTo(3_667_000);
  }
}
