package dnd.metrics.server.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DurationHistogramTest {
  private final DurationHistogram histogram = new DurationHistogram();

  @Test
  void aDurationIsCountedInTheBucketWhoseUpperBoundItDoesNotExceed() {
    histogram.record(1_000_000_000); // 2^(0/4) s is the upper bound of bucket 0
    histogram.record(1_000_000_001);
    histogram.record(1_189_207_115); // 2^(1/4) s
    histogram.record(1_189_207_116);

    assertThat(histogram.buckets()).isEqualTo(Map.of(0, 1.0, 1, 2.0, 2, 1.0));
    assertThat(histogram.sumSeconds()).isEqualTo(4.378414232);
  }

  @Test
  void whatLiesBeyondTheBucketsIsCountedInTheOutermost() {
    histogram.record(0);
    histogram.record(Long.MAX_VALUE / 2);

    assertThat(histogram.buckets()).isEqualTo(Map.of(-80, 1.0, 40, 1.0));
  }
}
