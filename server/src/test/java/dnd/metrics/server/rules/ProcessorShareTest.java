package dnd.metrics.server.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ProcessorShareTest {
  @Test
  void isLessTheBusierTheMachineIs() {
    assertThat(ProcessorShare.at(-1)).as("unknown").isEqualTo(0.125);
    assertThat(ProcessorShare.at(0)).isEqualTo(0.125);
    assertThat(ProcessorShare.at(0.6)).isEqualTo(0.125);
    assertThat(ProcessorShare.at(0.775)).isEqualTo((0.125 + 0.03125) / 2, within(1e-9));
    assertThat(ProcessorShare.at(1)).isEqualTo(0.03125);
    assertThat(ProcessorShare.at(7)).isEqualTo(0.03125);
  }
}
