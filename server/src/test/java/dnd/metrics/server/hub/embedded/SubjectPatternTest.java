package dnd.metrics.server.hub.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubjectPatternTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "a.b", "*", ">", "a.*", "*.b", "a.>", "a*", "a.b>", "$SYS.x", "ä.ö"})
  void valid(String pattern) {
    assertThat(SubjectPattern.isValid(pattern)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a.", ".a", "a..b", ">.a", "a.>.b", "a b", "a.\tb", " ", "a\n"})
  void invalid(String pattern) {
    assertThat(SubjectPattern.isValid(pattern)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "a,true",
    "a.b,true",
    "a*,true",
    "a.b>c,true",
    "*,false",
    "a.*,false",
    "a.>,false",
    "*.a,false"
  })
  void literal(String subject, boolean expected) {
    assertThat(SubjectPattern.isLiteral(subject)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "a.b, a.b, true",
    "a.b, a.c, false",
    "a.*, a.b, true",
    "a.*, a.b.c, false",
    "a.*, a, false",
    "a.>, a.b.c, true",
    "a.>, a, false",
    ">, a.b, true",
    "*.b, a.b, true",
    "*, >, false",
    "a.*, a.>, false",
    "a.>, a.*, true",
    "a.>, a.>, true",
    "a.*, a.*, true",
    "a.b, a.*, false",
    "a.b.c, a.b, false",
    "ab, a, false"
  })
  void covers(String pattern, String subject, boolean expected) {
    assertThat(SubjectPattern.covers(pattern, subject)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "a.b, a.b, true",
    "a.*, *.b, true",
    "a.*, b.*, false",
    "a.>, a.b.c, true",
    "a.b.>, a.*, false",
    "a.*, a.b.c, false",
    ">, a, true",
    "a.*.c, a.b.>, true"
  })
  void collide(String a, String b, boolean expected) {
    assertThat(SubjectPattern.collide(a, b)).isEqualTo(expected);
    assertThat(SubjectPattern.collide(b, a)).isEqualTo(expected);
  }
}
