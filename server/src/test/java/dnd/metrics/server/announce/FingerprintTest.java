package dnd.metrics.server.announce;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Labels;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  /** The empty set and the two labels of {@code model/signature_test.go} of Prometheus. */
  @Test
  void isTheHashThatPrometheusHas() {
    assertThat(Fingerprint.of(Labels.empty())).isEqualTo("cbf29ce484222325");
    Labels labels = Labels.of("name", "garland, briggs", "fear", "love is not enough");
    assertThat(Fingerprint.of(labels)).isEqualTo(Long.toHexString(5799056148416392346L));
  }
}
