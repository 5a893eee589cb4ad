package dnd.metrics.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoundTextTest {
  @ParameterizedTest
  @CsvSource({
    "1,1.0", "0.1,0.1", "2.5,2.5", "10,10.0", "100000,100000.0", "1000000,1e+06",
    "1234567,1.234567e+06", "0.0001,0.0001", "0.00001,1e-05", "-3,-3.0", "0,0.0",
        "-2.5e-7,-2.5e-07",
    "Infinity,+Inf", "1e100,1e+100"
  })
  void writesBoundsAsPrometheusDoes(double bound, String text) {
    assertThat(BoundText.of(bound)).isEqualTo(text);
  }
}
