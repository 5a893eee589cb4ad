package dnd.metrics.server.announce.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Matcher;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MatcherSyntaxTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "foo=bar                          | foo=\"bar\"",
        "foo = \"bar\"                    | foo=\"bar\"",
        "{foo=\"bar\", dings != bums, }   | foo=\"bar\",dings!=\"bums\"",
        "foo=bar,dings!=bums              | foo=\"bar\",dings!=\"bums\"",
        "code=~\"5..\"                    | code=~\"5..\"",
        "code!~5..                        | code!~\"5..\"",
        "{a=\"x, y\"}                     | a=\"x, y\"",
        "a=\"say \\\"hi\\\"\"             | a=\"say \\\"hi\\\"\"",
        "näme=\"välue\"                   | \"näme\"=\"välue\"",
        "\"with space\"=\"\\u00e4\\x41\"  | \"with space\"=\"äA\"",
        "{}                               | ''",
        "a=                               | a=\"\"",
        "a=\\d                            | a=\"\\\\d\"",
      })
  void readsWhatAlertmanagerReads(String text, String expected) {
    List<Matcher> matchers = MatcherSyntax.parseAll(text);
    assertThat(String.join(",", matchers.stream().map(Matcher::toString).toList()))
        .isEqualTo(expected);
  }

  @Test
  void oneMatcherMayHaveACommaInItsValueAsInTheClassicSyntax() {
    assertThat(MatcherSyntax.parse("foo=bar,baz").value()).isEqualTo("bar,baz");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo",
        "=bar",
        "foo=\"bar",
        "foo=bar\"",
        "{{foo=bar}}",
        "foo!bar",
        "a=~\"(\"",
        "näme=\"\\xff\"",
        "näme='x'",
        "näme=x y",
        ",",
        "{,}"
      })
  void refusesWhatAlertmanagerRefuses(String text) {
    assertThatThrownBy(() -> MatcherSyntax.parseAll(text))
        .isInstanceOf(MatcherSyntaxException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "foo          | unexpected end of input: expected an operator such as '=', '!=', '=~' or '!~'",
        "näme=\"x     | 5:7: \"x: missing end \"",
        "{näme=x      | unexpected end of input: expected close brace",
        "näme=x}      | 6:7: unexpected }: expected opening brace",
        "näme!x       | 4:5: !: expected one of '=~'",
        "näme=x y     | 7:8: unexpected y: expected a comma or close brace",
      })
  void saysWhere(String text, String message) {
    assertThatThrownBy(() -> MatcherSyntax.parseAll(text)).hasMessage(message);
  }
}
