package dnd.metrics.server.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the short cuts against the regular-expression machine that they stand in for. */
class LiteralPatternTest {
  @Test
  void listsTheValuesOfAlternations() {
    assertThat(values("a|b|c")).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(values("prod-(eu|us(1|2))"))
        .containsExactlyInAnyOrder("prod-eu", "prod-us1", "prod-us2");
    assertThat(values("(?:x)?")).isNull();
    assertThat(values("10\\.0\\.0\\.1:9090|")).containsExactlyInAnyOrder("10.0.0.1:9090", "");
    assertThat(values("")).containsExactly("");
  }

  private static Set<String> values(String regex) {
    return new Matcher(Matcher.Type.REGEX, "l", regex).namedValues();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.b",
        "a*",
        "[ab]",
        "^a",
        "a$",
        "\\d",
        "a{2}",
        "(?i)a",
        ".*a.*b.*",
        "a?",
        "(a",
        "(a)*"
      })
  void leavesOtherExpressionsAlone(String regex) {
    assertThat(LiteralPattern.of(regex)).isNull();
  }

  @Test
  void agreesWithTheMachineOnRandomExpressions() {
    String[] atoms = {
      "a", "b", "ab", ".*", ".+", "(a|b)", "(a|)", "|", "(?:.*b)", "(.+|a)", "\\.", "é", "\n"
    };
    long seed = 20261124;
    Random random = new Random(seed);
    int known = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder regex = new StringBuilder();
      for (int n = random.nextInt(5); n >= 0; n--) {
        regex.append(atoms[random.nextInt(atoms.length)]);
      }
      Pattern machine = Pattern.compile("^(?s:" + regex + ")$");
      LiteralPattern literal = LiteralPattern.of(regex.toString());
      String prefix = LiteralPattern.prefixOf(regex.toString());
      known += literal == null ? 0 : 1;
      for (int k = 0; k < 12; k++) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(5); n > 0; n--) {
          text.append("abé.\n".charAt(random.nextInt(5)));
        }
        boolean expected = machine.matcher(text.toString()).matches();
        if (literal != null) {
          assertThat(literal.matches(text.toString()))
              .as("seed %d: %s on %s", seed, regex, text)
              .isEqualTo(expected);
        }
        if (expected) {
          assertThat(text.toString()).as("seed %d: prefix of %s", seed, regex).startsWith(prefix);
        }
      }
    }
    assertThat(known).isGreaterThan(5_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo[0-9]+",
        "foo?",
        "foo*",
        "foo+",
        "foo{2}",
        "foo.bar",
        "foo(bar)?",
        "😀*x",
        "foo\\d"
      })
  void aPrefixIsOnlyWhatEveryMatchBeginsWith(String regex) {
    String prefix = LiteralPattern.prefixOf(regex);
    Pattern machine = Pattern.compile("^(?s:" + regex + ")$");
    for (String text :
        new String[] {"fo", "foo", "fooo", "foo1", "foo.bar", "foobar", "x", "😀x", "foo7"}) {
      if (machine.matcher(text).matches()) {
        assertThat(text).startsWith(prefix);
      }
    }
  }
}
