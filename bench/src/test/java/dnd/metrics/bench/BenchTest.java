package dnd.metrics.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParameterException;

class BenchTest {
  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1_048_577, 1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void refusesANumberOfEventsInFlightThatCannotBe(int events) {
    assertThatThrownBy(() -> Bench.commandLine().parseArgs("ingest", "--in-flight", "" + events))
        .isInstanceOf(ParameterException.class)
        .hasMessage("--in-flight: " + events + " is not between 1 and 1048576");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1048576"})
  void takesTheBounds(String events) {
    assertThat(
            Bench.commandLine()
                .parseArgs("ingest", "--in-flight", events)
                .subcommand()
                .matchedOptionValue("--in-flight", 0))
        .isEqualTo(Integer.parseInt(events));
  }
}
