package dnd.metrics.server.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class AnswersAsTextTest {
  private static final AnswerTable TABLE = new AnswerTable(100, Style.PLAIN);

  private static final String GRAPH =
      """
      10 ┤⠉⠑⠒⠒⠢⠤⢄⣀⡀                                     ⢀⣀⡠⠤⠔a⠒⠊a
         │        ⠈⠉⠑b⠢⠤⠤⢄⣀⣀                   ⣀⣀⡠⠤⠤⠔⠒⠊⠉⠁
       5 ┤                  ⠉⠉⠉⠒⠂    ⣀⣀⠤⠤⠔⠒⠒⠉a⠉
         │                  ⣀a⣀⠤⠤⠒⠒⠉⠉
         │        ⢀⣀⡠⠤⠔⠒⠒⠊⠉⠉                    ⠉⠑⠒⠒⠢b⢄⣀⡀
       0 ┤⣀⡠⠤a⠔⠒⠊⠉⠁                                     ⠈⠉⠑⠒⠢⠤⠤⢄b
         └┬──────────────────────────┬──────────────────────────┬
          22:13:20               22:13:25                22:13:30
        a  x{s="0"}  last 10        min 0         max 10
        b  x{s="1"}  last 0         min 0         max 10
      """;

  private static final String VECTOR =
      """
      {"data":{"status":"success","resultType":"vector","result":[
        {"metric":{"__name__":"up","host":"a","zone":"north"},"value":[1700000000,"1"]},
        {"metric":{"__name__":"up","host":"bb"},"value":[1700000000.5,"0.25"]}],
        "warnings":["w"],"infos":["i"]}}\
      """;

  private static final String HISTOGRAM =
      """
      {"data":{"status":"success","resultType":"vector","result":[
        {"metric":{"a":"b"},"histogram":[1,{"count":"9","sum":"2.5",
          "buckets":[[3,"-0.5","0.5","2"],[0,"0.5","1","3"],[1,"1","2","4"]]}]}]}}\
      """;

  private static Answer answer(String... parts) throws Exception {
    AnswerCollector collector = new AnswerCollector();
    for (int i = 0; i < parts.length; i++) {
      boolean last = collector.add(parts[i].getBytes(StandardCharsets.UTF_8));
      assertThat(last).isEqualTo(i == parts.length - 1);
    }
    return collector.answer();
  }

  /** A range of series called x{s="0"}, x{s="1"} ..., one sample a second; empty cells are gaps. */
  private static String range(String... rows) {
    StringBuilder out =
        new StringBuilder(
            "{\"data\":{\"status\":\"success\",\"resultType\":\"matrix\",\"result\":[");
    for (int s = 0; s < rows.length; s++) {
      out.append(s == 0 ? "" : ",");
      out.append(
          String.format(
              Locale.ROOT, "{\"metric\":{\"__name__\":\"x\",\"s\":\"%d\"},\"values\":[", s));
      String[] cells = rows[s].split(",", -1);
      String separator = "";
      for (int i = 0; i < cells.length; i++) {
        if (!cells[i].isBlank()) {
          out.append(separator).append('[').append(1_700_000_000 + i).append(",\"");
          out.append(cells[i].strip()).append("\"]");
          separator = ",";
        }
      }
      out.append("]}");
    }
    return out.append("]}}").toString();
  }

  @Test
  void labelsAreColumns() throws Exception {
    assertThat(TABLE.print(answer(VECTOR)))
        .isEqualTo(
            """
            metric  host  zone   value
            up      a     north      1
            up      bb            0.25
            """);
  }

  @Test
  void labelsThatDoNotFitStandInBraces() throws Exception {
    assertThat(new AnswerTable(20, Style.PLAIN).print(answer(VECTOR)))
        .isEqualTo(
            """
            series                      value
            up{host="a", zone="north"}      1
            up{host="bb"}                0.25
            """);
  }

  @Test
  void scalarsAndStringsAreBare() throws Exception {
    assertThat(
            TABLE.print(
                answer(
                    "{\"data\":{\"status\":\"success\",\"resultType\":\"scalar\",\"result\":[1,\"2.5\"]}}")))
        .isEqualTo("2.5\n");
    assertThat(
            TABLE.print(
                answer(
                    "{\"data\":{\"status\":\"success\",\"resultType\":\"string\",\"result\":[1,\"text\"]}}")))
        .isEqualTo("text\n");
  }

  @Test
  void histogramsAreWrittenAsPrometheusDoes() throws Exception {
    assertThat(TABLE.print(answer(HISTOGRAM)))
        .endsWith("b  {count:9, sum:2.5, [-0.5,0.5]:2, (0.5,1]:3, [1,2):4}\n");
    assertThat(AnswerJson.print(answer(HISTOGRAM)))
        .contains(
            "\"histogram\":[1,{\"count\":\"9\",\"sum\":\"2.5\","
                + "\"buckets\":[[3,\"-0.5\",\"0.5\",\"2\"],");
  }

  @Test
  void aRangeHasARowForEachTime() throws Exception {
    assertThat(TABLE.print(answer(range("1,2,", "3,,4.5"))))
        .isEqualTo(
            """
            x
            time (UTC)           {s="0"}  {s="1"}
            2023-11-14 22:13:20        1        3
            2023-11-14 22:13:21        2
            2023-11-14 22:13:22               4.5
            """);
  }

  @Test
  void aRangeThatDoesNotFitIsATableForEachSeries() throws Exception {
    assertThat(new AnswerTable(30, Style.PLAIN).print(answer(range("1", "2"))))
        .isEqualTo(
            """
            x{s="0"}
            time (UTC)           value
            2023-11-14 22:13:20      1

            x{s="1"}
            time (UTC)           value
            2023-11-14 22:13:20      2
            """);
  }

  @Test
  void csvQuotesWhatItMust() throws Exception {
    String quoted = VECTOR.replace("\"bb\"", "\"b,\\\"b\\\"\"");
    assertThat(AnswerCsv.print(answer(quoted)))
        .isEqualTo(
            """
            __name__,host,zone,time,value
            up,a,north,2023-11-14T22:13:20.000Z,1
            up,"b,""b""\",,2023-11-14T22:13:20.500Z,0.25
            """);
  }

  @Test
  void jsonIsThatOfThePrometheusApi() throws Exception {
    assertThat(AnswerJson.print(answer(VECTOR)))
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
                + "{\"metric\":{\"__name__\":\"up\",\"host\":\"a\",\"zone\":\"north\"},"
                + "\"value\":[1700000000,\"1\"]},"
                + "{\"metric\":{\"__name__\":\"up\",\"host\":\"bb\"},"
                + "\"value\":[1700000000.500,\"0.25\"]}]},"
                + "\"warnings\":[\"w\"],\"infos\":[\"i\"]}\n");
  }

  @Test
  void partsArePutTogether() throws Exception {
    String first =
        """
        {"data":{"status":"success","resultType":"matrix","part":1,"last":false,"result":[
          {"metric":{"a":"1"},"values":[[1,"1"]]},{"metric":{"a":"2"},"values":[[1,"2"]]}]}}\
        """;
    String second =
        """
        {"data":{"status":"success","resultType":"matrix","part":2,"last":true,"result":[
          {"metric":{"a":"2"},"values":[[2,"3"]]}],"warnings":["w"]}}\
        """;
    Answer whole = answer(first, second);
    assertThat(whole.series()).hasSize(2);
    assertThat(whole.series().get(1).samples())
        .extracting(AnswerSample::text)
        .containsExactly("2", "3");
    assertThat(whole.warnings()).containsExactly("w");
    assertThatThrownBy(() -> answer(second)).hasMessage("part 1 of the answer is missing");
  }

  @Test
  void errorsUnderlineThePlace() {
    String error =
        "{\"data\":{\"status\":\"error\",\"error\":\"invalid parameter \\\"query\\\": 2:3: parse"
            + " error: no\",\"position\":{\"start\":9,\"end\":12}}}";
    assertThatThrownBy(() -> answer(error))
        .isInstanceOfSatisfying(
            QueryRefusedException.class,
            e ->
                assertThat(e.explain("sum(x) \n+ foo(y)"))
                    .isEqualTo("2:3: parse error: no\n  + foo(y)\n   ^^^"));
  }

  @Test
  void aGraphHasAxesLettersAndALegend() throws Exception {
    Answer waves = answer(range("0,1,2,3,4,5,6,7,8,9,10", "10,9,8,7,6,,,3,2,1,0"));
    String drawn =
        new Graph(60, 6, Style.PLAIN).print(waves, 1_700_000_000_000L, 1_700_000_010_000L, 1000);
    assertThat(drawn).isEqualTo(GRAPH);
  }

  @Test
  void coloursTellSeriesApart() throws Exception {
    Answer waves = answer(range("0,1,2", "2,1,0"));
    String drawn =
        new Graph(60, 6, Style.COLORED).print(waves, 1_700_000_000_000L, 1_700_000_002_000L, 1000);
    assertThat(drawn).contains("\u001b[36ma\u001b[0m").contains("\u001b[33mb\u001b[0m");
  }

  @Test
  void whatIsNoNumberIsNotDrawn() throws Exception {
    Answer nothing = answer(range("NaN,NaN"));
    assertThat(new Graph(60, 6, Style.PLAIN).print(nothing, 0, 1000, 1000)).isEmpty();
    Answer flat = answer(range("5,NaN,5,+Inf,5"));
    String drawn =
        new Graph(60, 6, Style.PLAIN).print(flat, 1_700_000_000_000L, 1_700_000_004_000L, 1000);
    assertThat(drawn).contains("last 5").contains("max +Inf");
  }

  @Test
  void moreSeriesThanCanBeToldApartAreCounted() throws Exception {
    String[] rows = new String[20];
    java.util.Arrays.fill(rows, "1,2");
    String drawn =
        new Graph(60, 6, Style.PLAIN)
            .print(answer(range(rows)), 1_700_000_000_000L, 1_700_000_001_000L, 1000);
    assertThat(drawn).contains("and 8 more series, not drawn");
  }

  @Test
  void eventsInOneLine() {
    assertThat(
            line(
                "{\"type\":\"metrics.push\",\"data\":{\"metrics\":[{\"name\":\"a\"},{\"name\":\"a\"}]}}"))
        .isEqualTo("2 metrics: a");
    assertThat(
            line(
                "{\"type\":\"metrics.collected\",\"seq\":7,\"data\":{\"service\":\"s\",\"count\":1,"
                    + "\"rejected\":[{\"index\":0}]}}"))
        .isEqualTo("1 metric of s, seq 7, 1 rejected");
    assertThat(
            line(
                "{\"type\":\"metrics.result\",\"data\":{\"status\":\"success\","
                    + "\"resultType\":\"vector\",\"result\":[1,2],\"part\":2}}"))
        .isEqualTo("vector, 2 series, part 2");
    assertThat(line("hello\nthere")).isEqualTo("11 bytes: hello there");
  }

  private static String line(String payload) {
    return EventLine.summary(payload.getBytes(StandardCharsets.UTF_8));
  }
}
