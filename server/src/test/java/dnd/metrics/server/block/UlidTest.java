package dnd.metrics.server.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class UlidTest {
  @Test
  void isWrittenAsTheSpecificationSays() {
    assertThat(Ulid.parse("01ARZ3NDEKTSV4RRFFQ69G5FAV").millis()).isEqualTo(1469922850259L);
    assertThat(Ulid.parse("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")).isEqualTo(new Ulid(-1, -1));
  }

  @Test
  void textAndNumbersSayTheSameInTheSameOrder() {
    Random random = new Random(7);
    Ulid before = Ulid.of(0, random);
    for (int i = 1; i < 1000; i++) {
      Ulid ulid = Ulid.of(i * 1_700_000_000L, random);
      assertThat(Ulid.parse(ulid.toString())).isEqualTo(ulid);
      assertThat(ulid.millis()).isEqualTo(i * 1_700_000_000L);
      assertThat(ulid).isGreaterThan(before);
      assertThat(ulid.toString()).isGreaterThan(before.toString());
      before = ulid;
    }
  }

  @Test
  void otherTextIsRefused() {
    for (String text :
        new String[] {"", "01ARZ3NDEKTSV4RRFFQ69G5FA", "81ARZ3NDEKTSV4RRFFQ69G5FAV", "wal"}) {
      assertThat(Ulid.isUlid(text)).isFalse();
      assertThatThrownBy(() -> Ulid.parse(text)).hasMessage("no ULID: \"" + text + "\"");
    }
  }
}
