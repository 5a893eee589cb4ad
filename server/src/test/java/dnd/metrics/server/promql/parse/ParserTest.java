package dnd.metrics.server.promql.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ParserTest {
  /** As Prometheus's own tests of these cases: all but the fill modifiers. */
  private static final ParserOptions OPTIONS = new ParserOptions(true, true, true, false);

  static List<String> errors() {
    return QueryFile.lines("parse-errors.txt");
  }

  static List<String> valid() {
    return QueryFile.lines("parse-valid.txt");
  }

  @ParameterizedTest
  @MethodSource("errors")
  void saysWhatPrometheusSaysOfABadQuery(String line) {
    int tab = line.indexOf('\t');
    String query = QueryFile.unescape(line.substring(0, tab));
    String expected = QueryFile.unescape(line.substring(tab + 1));

    assertThatThrownBy(() -> Parser.parse(query, OPTIONS))
        .isInstanceOf(ParseException.class)
        .hasMessage(expected);
  }

  @ParameterizedTest
  @MethodSource("valid")
  void parsesWhatPrometheusParses(String line) {
    String query = QueryFile.unescape(line);

    assertThat(Parser.parse(query, OPTIONS).position().start()).isNotNegative();
  }

  @Test
  void refusesAQueryThatIsNestedTooDeeply() {
    for (String query :
        List.of(
            "(".repeat(100_000) + "1" + ")".repeat(100_000),
            "-".repeat(100_000) + "foo",
            "1" + "+1".repeat(100_000),
            "1" + "^1".repeat(100_000),
            "abs(".repeat(100_000) + "foo" + ")".repeat(100_000),
            "foo" + "[1m:]".repeat(100_000),
            "foo[" + "(".repeat(100_000) + "1m" + ")".repeat(100_000) + "]",
            "foo[" + "-".repeat(100_000) + "1m]",
            "foo[1m" + "^1".repeat(100_000) + "]",
            "foo[1m" + "+1".repeat(100_000) + "]",
            "foo offset " + "-".repeat(100_000) + "1m")) {
      assertThatThrownBy(() -> Parser.parse(query, ParserOptions.ALL))
          .as(query.substring(0, 20))
          .isInstanceOf(ParseException.class)
          .hasMessageContaining("nested too deeply");
    }
  }

  /** As Prometheus 3.14 answers. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "a + on(x) group_left ~ 1:21: parse error: unexpected end of input in grouping opts, expected \"(\"",
        "a + on(x) group_left * b ~ 1:22: parse error: unexpected <op:*> in grouping opts, expected \"(\"",
        "sum(a + on(x) group_right , b) ~ 1:27: parse error: unexpected \",\" in grouping opts, expected \"(\"",
        "a + on(x) group_left bool b ~ 1:22: parse error: unexpected <bool> in grouping opts, expected \"(\"",
        "a + on(x) group_left () , b ~ 1:25: parse error: unexpected \",\"",
        "a + on(x) group_left by (x) b ~ 1:25: parse error: unexpected \"(\"",
        "a + on(x) group_left fill b ~ 1:27: parse error: unexpected identifier \"b\"",
      })
  void refusesWhatCannotFollowAGroup(String query, String error) {
    assertThatThrownBy(() -> Parser.parse(query, ParserOptions.ALL)).hasMessage(error);
  }

  @Test
  void refusesAQueryThatIsTooLong() {
    String query = " ".repeat(Parser.MAX_QUERY_LENGTH) + "1";

    assertThatThrownBy(() -> Parser.parse(query, ParserOptions.ALL))
        .isInstanceOf(ParseException.class)
        .hasMessageContaining("query is too long");
  }

  @Test
  void refusesExperimentalPartsThatAreNotSwitchedOn() {
    assertError("foo[5m*2]", "1:5: parse error: experimental duration expression is not enabled");
    assertError(
        "limitk(1, foo)",
        "1:1: parse error: limitk() is experimental and must be enabled"
            + " with --enable-feature=promql-experimental-functions");
    assertError("info(foo)", "1:1: parse error: function \"info\" is not enabled");
    assertError(
        "foo anchored", "1:1: parse error: anchored modifier is experimental and not enabled");
    assertError(
        "foo + fill(0) bar",
        "1:1: parse error: binop fill modifiers are experimental and not enabled");
  }

  private static void assertError(String query, String message) {
    assertThatThrownBy(() -> Parser.parse(query, ParserOptions.STABLE))
        .isInstanceOf(ParseException.class)
        .hasMessage(message);
  }

  @Test
  void columnsCountBytes() {
    assertThatThrownBy(() -> Parser.parse("{a=\"ü€\"} $", ParserOptions.ALL))
        .hasMessage("1:13: parse error: unexpected character: '$'");
  }
}
