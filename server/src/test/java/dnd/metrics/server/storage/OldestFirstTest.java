package dnd.metrics.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a cache lets go first. */
class OldestFirstTest {
  private static final List<Integer> ALL = IntStream.range(0, 5000).boxed().toList();

  @Test
  void whatWasNotUsedForLongestIsFirst() {
    assertThat(OldestFirst.of(List.of(7, 3, 9, 1), each -> 10 - each)).containsExactly(9, 7, 3, 1);
  }

  @Test
  void whatIsUsedWhileOneSortsDoesNoHarm() {
    Random random = new Random(0); // sorting itself throws where these are what is compared
    assertThat(OldestFirst.of(ALL, each -> random.nextInt(1000)))
        .containsExactlyInAnyOrderElementsOf(ALL);
  }
}
