package dnd.metrics.server.promql.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrinterTest {
  static List<String> printed() {
    return QueryFile.lines("printed.txt");
  }

  static List<String> pretty() {
    return QueryFile.lines("pretty.txt");
  }

  static List<String> valid() {
    return QueryFile.lines("parse-valid.txt");
  }

  @ParameterizedTest
  @MethodSource("printed")
  void printsAsPrometheusDoes(String line) {
    String[] fields = line.split("\t", -1);

    Expr expr = Parser.parse(QueryFile.unescape(fields[0]), ParserOptions.ALL);

    assertThat(Printer.print(expr)).isEqualTo(QueryFile.unescape(fields[1]));
  }

  @ParameterizedTest
  @MethodSource("pretty")
  void laysOutAsPrometheusDoes(String line) {
    String[] fields = line.split("\t", -1);

    Expr expr = Parser.parse(QueryFile.unescape(fields[1]), ParserOptions.ALL);

    assertThat(PrettyPrinter.printWithin(expr, Integer.parseInt(fields[0])))
        .isEqualTo(QueryFile.unescape(fields[2]));
  }

  @ParameterizedTest
  @MethodSource("valid")
  void whatIsPrintedParsesToTheSame(String line) {
    assertRoundTrip(QueryFile.unescape(line), line);
  }

  @Test
  void randomExpressionsParseToWhatTheyWerePrintedFrom() {
    long seed = 20260314;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      assertRoundTrip(new RandomQuery(random).query(), "seed " + seed + ", query " + i);
    }
  }

  private static void assertRoundTrip(String query, String description) {
    Expr expr = Parser.parse(query, ParserOptions.ALL);
    String printed = Printer.print(expr);

    assertThat(Printer.print(Parser.parse(printed, ParserOptions.ALL)))
        .as(description + ": " + query)
        .isEqualTo(printed);
    assertThat(SyntaxTree.of(Parser.parse(printed, ParserOptions.ALL)))
        .as(description + ": " + query + " printed as " + printed)
        .isEqualTo(SyntaxTree.of(expr));
    assertThat(SyntaxTree.of(Parser.parse(PrettyPrinter.print(expr), ParserOptions.ALL)))
        .as(description + ": " + query + " laid out")
        .isEqualTo(SyntaxTree.of(expr));
  }
}
