package dnd.metrics.server.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.head.Appended;
import dnd.metrics.server.head.AppendedEvent;
import dnd.metrics.server.head.AppendedEvents;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.model.Labels;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class TriggersTest {
  private static final SenderId TAVERN = new SenderId("tavern", "1");
  private static final SenderId KEG = new SenderId("keg", "");

  private long events;
  private long now = 1000;

  private AppendedEvents event(long millis, SenderId sender, String id) {
    return Appended.of(List.of(new AppendedEvent(++events, sender, id, millis, millis)));
  }

  private void add(Triggers triggers, int rule, long millis, SenderId sender, String id) {
    triggers.add(rule, millis, now, event(millis, sender, id), null);
  }

  @Test
  void addUpUntilTheyAreTakenOut() {
    Triggers triggers = new Triggers(4);
    add(triggers, 3, 100, TAVERN, "a");
    add(triggers, 1, 90, KEG, "b");
    Triggers.Drained drained = triggers.drain(null, 100);
    assertThat(drained.rules()).isEqualTo(BitSet.valueOf(new long[] {0b1010}));
    assertThat(drained.dueMillis()).isEqualTo(100);
    assertThat(drained.lastEvent()).isEqualTo("b");
    assertThat(triggers.rules().isEmpty()).isTrue();
    assertThat(triggers.nextDueAfter(0)).isEqualTo(AlertInstance.NEVER);
  }

  @Test
  void areTakenOutForSomeRulesAndStayForOthers() {
    Triggers triggers = new Triggers(4);
    add(triggers, 0, 100, TAVERN, "a");
    add(triggers, 1, 110, KEG, "b");
    Triggers.Drained drained = triggers.drain(BitSet.valueOf(new long[] {0b1101}), 200);
    assertThat(drained.rules()).isEqualTo(BitSet.valueOf(new long[] {1}));
    assertThat(drained.dueMillis()).isEqualTo(100);
    assertThat(drained.lastEvent()).isEqualTo("a");
    assertThat(triggers.rules()).isEqualTo(BitSet.valueOf(new long[] {2}));
    assertThat(triggers.drain(null, 200).lastEvent()).isEqualTo("b");
  }

  @Test
  void whatCanBeSeenLaterStaysAndHoldsUpNothing() {
    now = 150;
    Triggers triggers = new Triggers(2);
    add(triggers, 0, 100, TAVERN, "a");
    add(triggers, 1, 150, TAVERN, "b");
    add(triggers, 1, 200, KEG, "c");
    add(triggers, 1, 300, KEG, "d");
    assertThat(triggers.rulesDueAt(150)).isEqualTo(BitSet.valueOf(new long[] {3}));
    assertThat(triggers.nextDueAfter(150)).isEqualTo(200);
    Triggers.Drained drained = triggers.drain(null, 150);
    assertThat(drained.rules().cardinality()).isEqualTo(2);
    assertThat(drained.dueMillis()).isEqualTo(150);
    assertThat(drained.event()).as("not that of what is seen later").isEqualTo("b");
    assertThat(triggers.rulesDueAt(199).isEmpty()).isTrue();
    assertThat(triggers.drain(null, 199).rules().isEmpty()).as("nothing new").isTrue();
    assertThat(triggers.rules()).isEqualTo(BitSet.valueOf(new long[] {2}));
    drained = triggers.drain(null, 200);
    assertThat(drained.dueMillis()).isEqualTo(200);
    assertThat(drained.event()).isEqualTo("c");
    assertThat(triggers.nextDueAfter(200)).isEqualTo(300);
    assertThat(triggers.drain(null, 300).event()).isEqualTo("d");
    assertThat(triggers.rules().isEmpty()).isTrue();
  }

  @Test
  void whatCameSinceATimeStaysWhereThatTimeIsLookedAt() {
    Triggers triggers = new Triggers(1);
    add(triggers, 0, 500, TAVERN, "a");
    assertThat(triggers.drain(null, 400).event()).isEqualTo("a");
    assertThat(triggers.nextDueAfter(400)).isEqualTo(500);
    assertThat(triggers.drain(null, 500).rules().cardinality()).isOne();
    assertThat(triggers.rules().isEmpty()).isTrue();
  }

  @Test
  void ofManyTimesToComeNeighboursAreOneAndNoneIsForgotten() {
    now = 0;
    Triggers triggers = new Triggers(1);
    for (int i = 1; i <= 1000; i++) {
      add(triggers, 0, i * 10L, TAVERN, "e" + i);
    }
    int looks = 0;
    long last = 0;
    for (long at = triggers.nextDueAfter(0);
        at != AlertInstance.NEVER;
        at = triggers.nextDueAfter(at)) {
      assertThat(at).isGreaterThan(last);
      assertThat(at - last).as("how much is looked at together").isLessThan(2_500);
      last = at;
      assertThat(triggers.drain(null, at).dueMillis()).isEqualTo(at);
      looks++;
    }
    assertThat(last).isEqualTo(10_000);
    assertThat(looks).isBetween(2, 16);
  }

  @Test
  void aClockThatIsSetBackHoldsUpNothingThatComesThen() {
    Triggers triggers = new Triggers(1);
    add(triggers, 0, 900, TAVERN, "a");
    now = 100;
    add(triggers, 0, 90, TAVERN, "b");
    assertThat(triggers.drain(null, 100).event()).isEqualTo("b");
    assertThat(triggers.rules().isEmpty()).isTrue();
  }

  @Test
  void knowTheLastEventOfEachSender() {
    Triggers triggers = new Triggers(2);
    AppendedEvents second = event(2, TAVERN, "a");
    add(triggers, 0, 2, TAVERN, "b");
    triggers.add(1, 2, now, second, null);
    add(triggers, 0, 3, KEG, "c");
    triggers.add(0, 4, now, null, null);
    Triggers.Drained drained = triggers.drain(null, 10);
    assertThat(drained.eventOfSender(Labels.of("service", "tavern", "instance", "1")))
        .isEqualTo("b");
    assertThat(drained.eventOfSender(Labels.of("service", "keg", "instance", "x"))).isEqualTo("c");
    assertThat(drained.eventOfSender(Labels.of("service", "tavern"))).isNull();
    assertThat(drained.event()).isEqualTo("c");
  }

  @Test
  void knowNothingOfEventsBeforeTheyWereTakenOut() {
    Triggers triggers = new Triggers(2);
    add(triggers, 0, 1, TAVERN, "a");
    add(triggers, 1, 1, TAVERN, "b");
    triggers.drain(BitSet.valueOf(new long[] {0b10}), 10);
    add(triggers, 0, 2, KEG, "c");
    Triggers.Drained drained = triggers.drain(null, 10);
    assertThat(drained.eventOfSender(Labels.of("service", "tavern", "instance", "1")))
        .isEqualTo("a");
    assertThat(drained.eventOfSender(Labels.of("service", "keg"))).isEqualTo("c");
  }

  @Test
  void addNothingToWhatWasLookedAt() {
    Triggers triggers = new Triggers(1);
    add(triggers, 0, 1, TAVERN, "a");
    Triggers.Drained before = triggers.peek();
    add(triggers, 0, 2, KEG, "b");
    assertThat(before.eventOfSender(Labels.of("service", "keg"))).isNull();
    assertThat(before.lastEvent()).isEqualTo("a");
    assertThat(triggers.peek().eventOfSender(Labels.of("service", "keg"))).isEqualTo("b");
  }
}
