package dnd.metrics.server.promql.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever it is given, the parser returns a tree or a {@link ParseException}. */
class ParserFuzzTest {
  private static final String PIECES =
      "(){}[],:=!~<>+-*/%^@\"'`\\ \n\t#_.0123456789abcdefxmnsSTEPsum by on offset ü€\ud83d\ude00\ud83d";

  @Test
  void damagedQueries() {
    long seed = 4711;
    Random random = new Random(seed);
    int wrong = 0;
    int valid = 0;
    for (int i = 0; i < 30_000; i++) {
      String query = damaged(new RandomQuery(random).query(), random);
      try {
        Expr expr = Parser.parse(query, ParserOptions.ALL);
        valid++;
        assertThat(Printer.print(expr)).isNotEmpty();
      } catch (ParseException e) {
        wrong++;
        assertThat(e.getMessage()).contains("parse error: ");
        assertThat(e.underlined()).contains("^");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", query " + i + ": " + query, e);
      }
    }
    assertThat(wrong).isGreaterThan(1000);
    assertThat(valid).isGreaterThan(1000);
  }

  @Test
  void damagedSeriesDescriptions() {
    long seed = 4712;
    Random random = new Random(seed);
    List<String> descriptions =
        List.of(
            "foo{a=\"b\", \"c d\"=\"e\"} 1 _ 2+3x4 stale _x3 -1e3 Inf NaN",
            "{\"foo\"} {{schema:1 sum:5 count:4 buckets:[1 2 1] offset:-1 n_buckets:[1]}}x2",
            "foo {{schema:-53 custom_values:[1 2] buckets:[1 2]}}+{{schema:-53 custom_values:[1 2]}}x2");
    int valid = 0;
    for (int i = 0; i < 30_000; i++) {
      String text = damaged(descriptions.get(i % descriptions.size()), random);
      try {
        assertThat(SeriesDescription.parse(text).values()).isNotNull();
        valid++;
      } catch (ParseException e) {
        assertThat(e.getMessage()).contains("parse error: ");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", text " + i + ": " + text, e);
      }
    }
    assertThat(valid).isGreaterThan(1000);
  }

  private static String damaged(String text, Random random) {
    StringBuilder out = new StringBuilder(text);
    for (int n = random.nextInt(3); n >= 0 && !out.isEmpty(); n--) {
      int at = random.nextInt(out.length());
      switch (random.nextInt(3)) {
        case 0 -> out.deleteCharAt(at);
        case 1 -> out.insert(at, PIECES.charAt(random.nextInt(PIECES.length())));
        default -> out.setCharAt(at, PIECES.charAt(random.nextInt(PIECES.length())));
      }
    }
    return out.toString();
  }
}
