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

  private AppendedEvents event(long millis, SenderId sender, String id) {
    return Appended.of(List.of(new AppendedEvent(++events, sender, id, millis, millis)));
  }

  private void add(Triggers triggers, int rule, long millis, SenderId sender, String id) {
    triggers.add(rule, millis, event(millis, sender, id), null);
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
  void stayWhileTheTimeOfOneIsYetToCome() {
    Triggers triggers = new Triggers(2);
    add(triggers, 0, 100, TAVERN, "a");
    add(triggers, 1, 150, TAVERN, "b");
    add(triggers, 1, 200, TAVERN, "c");
    assertThat(triggers.rulesDueAt(150)).isEqualTo(BitSet.valueOf(new long[] {1}));
    assertThat(triggers.nextDueAfter(150)).isEqualTo(200);
    assertThat(triggers.drain(null, 150).rules().cardinality()).isEqualTo(2);
    assertThat(triggers.rules()).isEqualTo(BitSet.valueOf(new long[] {2}));
    assertThat(triggers.rulesDueAt(200)).isEqualTo(triggers.rules());
    assertThat(triggers.drain(null, 200).rules().cardinality()).isOne();
    assertThat(triggers.rules().isEmpty()).isTrue();
  }

  @Test
  void knowTheLastEventOfEachSender() {
    Triggers triggers = new Triggers(2);
    AppendedEvents second = event(2, TAVERN, "a");
    add(triggers, 0, 2, TAVERN, "b");
    triggers.add(1, 2, second, null);
    add(triggers, 0, 3, KEG, "c");
    triggers.add(0, 4, null, null);
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
