package dnd.metrics.server.rules.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TemplateTest {
  private static final TemplateData DATA =
      new TemplateData(Map.of("job", "api"), Map.of(), "http://here/", 0.25, null);

  private static String expand(String text) {
    try {
      return Template.forAlert("Slow", text)
          .expandOrError(DATA, (promql, atMillis) -> List.of(), 0);
    } catch (TemplateException e) {
      return Template.unreadable("Slow", e);
    }
  }

  @Test
  void anErrorBecomesTheValueAsInPrometheus() {
    assertThat(expand("{{ $labels.job }}: {{ $value | humanizePercentage }}"))
        .isEqualTo("api: 25%");
    assertThat(expand("no template")).isEqualTo("no template");
    assertThat(expand("{{ $labels.job | toUper }}"))
        .isEqualTo(
            "<error expanding template: error parsing template __alert_Slow: template:"
                + " __alert_Slow:1: function \"toUper\" not defined>");
    assertThat(expand("{{ .Job }}"))
        .isEqualTo(
            "<error expanding template: error executing template __alert_Slow: template:"
                + " __alert_Slow:1:115: executing \"__alert_Slow\" at <.Job>: can't evaluate field"
                + " Job in type struct { Labels map[string]string; ExternalLabels"
                + " map[string]string; ExternalURL string; Value interface {} }>");
  }

  @Test
  void whatOneExpansionMayCostIsBounded() {
    assertThat(expand("{{ range 1000000000 }}{{ end }}")).contains("more than 10000000 steps");
    assertThat(expand("{{ range 1000000 }}0123456789{{ end }}"))
        .contains("template prints too much: more than 1048576 characters");
    assertThat(expand("{{ $x := \"12345678\" }}{{ range 60 }}{{ $x = print $x $x }}{{ end }}"))
        .contains("steps");
    assertThat(expand("{{ define \"r\" }}{{ template \"r\" }}{{ end }}{{ template \"r\" }}"))
        .contains("exceeded maximum template depth (400)");
    String million = "{{ $x := printf \"%1000000d\" 1 }}";
    assertThat(expand(million + "{{ reReplaceAll \" \" $x $x }}"))
        .contains("more than 10000000 steps");
    assertThat(
            expand(
                million + "{{ $r := reReplaceAll \" \" \"$\" $x }}{{ reReplaceAll \" \" $r $x }}"))
        .contains("more than 10000000 steps");
    assertThat(expand("{{ printf \"%9999999d\" 1 }}")).contains("result is too long");
    assertThat(expand("{{ " + "(".repeat(1000) + "1" + ")".repeat(1000) + " }}"))
        .contains("max expression depth exceeded");
    assertThat(expand("{{ if 1 }}".repeat(1000) + "{{ end }}".repeat(1000)))
        .contains("nested too deeply: more than 200 blocks");
    assertThat(expand("{{ if 0 }}" + "{{ else if 0 }}".repeat(1000) + "{{ end }}"))
        .contains("nested too deeply: more than 200 blocks");
    assertThat(expand("{{ if 0 }}" + "{{ else if 0 }}".repeat(150) + "{{ else }}x{{ end }}"))
        .isEqualTo("x");
    assertThatThrownBy(() -> Template.parse("long", " ".repeat(Template.MAX_LENGTH + 1)))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("text is too long");
  }

  /** Whatever the text, the outcome is a result or an error of our own. */
  @Test
  void noTextBreaksTheReader() {
    long seed = 4711;
    Random random = new Random(seed);
    String[] pieces = {
      "{{",
      "}}",
      "{{-",
      "-}}",
      " ",
      "\n",
      "$labels",
      "$x",
      ":=",
      "=",
      ",",
      "|",
      ".",
      ".Labels",
      ".job",
      "(",
      ")",
      "\"",
      "\"a\"",
      "`",
      "'x'",
      "1",
      "1.5",
      "-",
      "+",
      "if",
      "else",
      "end",
      "range",
      "with",
      "define",
      "template",
      "block",
      "break",
      "continue",
      "nil",
      "true",
      "print",
      "printf",
      "index",
      "and",
      "é",
      "/*",
      "*/",
      "query",
      "first",
      "{{end}}",
      "{{ end }}",
      "{{ if 1 }}",
      "{{ range 2 }}",
      "%d",
      "\\",
      "0x",
      "1i",
      "humanize",
      "args",
    };
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder("{{");
      for (int j = random.nextInt(14); j >= 0; j--) {
        text.append(pieces[random.nextInt(pieces.length)]);
        text.append(random.nextInt(3) > 0 ? " " : "");
      }
      try {
        assertThat(expand(text.toString())).isNotNull();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", text: " + text, e);
      }
    }
  }
}
