package dnd.metrics.server.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.model.Labels;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class TriggersTest {
  private static final SenderId TAVERN = new SenderId("tavern", "1");
  private static final SenderId KEG = new SenderId("keg", "");

  @Test
  void addUpUntilTheyAreTakenOut() {
    Triggers triggers = new Triggers();
    triggers.add(3, 100, TAVERN, "a");
    triggers.add(1, 90, KEG, "b");
    Triggers.Drained drained = triggers.drain(100);
    assertThat(drained.rules()).isEqualTo(BitSet.valueOf(new long[] {0b1010}));
    assertThat(drained.dueMillis()).isEqualTo(100);
    assertThat(drained.lastEvent()).isEqualTo("b");
    assertThat(triggers.isEmpty()).isTrue();
    assertThat(triggers.dueMillis()).isEqualTo(AlertInstance.NEVER);
  }

  @Test
  void stayWhileTheTimeOfOneIsYetToCome() {
    Triggers triggers = new Triggers();
    triggers.add(0, 100, TAVERN, "a");
    triggers.add(1, 200, TAVERN, "b");
    assertThat(triggers.drain(150).rules().cardinality()).isEqualTo(2);
    assertThat(triggers.dueMillis()).isEqualTo(200);
    assertThat(triggers.drain(200).rules().cardinality()).isEqualTo(2);
    assertThat(triggers.isEmpty()).isTrue();
  }

  @Test
  void knowTheLastEventOfEachSender() {
    Triggers triggers = new Triggers();
    triggers.add(0, 1, TAVERN, "a");
    triggers.add(0, 2, TAVERN, "b");
    triggers.add(0, 3, KEG, "c");
    triggers.add(0, 4, null, null);
    Triggers.Drained drained = triggers.drain(10);
    assertThat(drained.eventOfSender(Labels.of("service", "tavern", "instance", "1")))
        .isEqualTo("b");
    assertThat(drained.eventOfSender(Labels.of("service", "keg", "instance", "x"))).isEqualTo("c");
    assertThat(drained.eventOfSender(Labels.of("service", "tavern"))).isNull();
    assertThat(drained.event()).isEqualTo("c");
  }
}
