package dnd.metrics.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.head.MetricMetadata;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class QueryHandlerTest {
  private final RecordingHub hub = new RecordingHub(1 << 20);
  private QueryHandler handler;

  /** Three series without samples. */
  private static final class FewSeries implements SeriesSource {
    private static final List<Labels> ALL =
        List.of(
            Labels.of("__name__", "up", "service", "shop"),
            Labels.of("__name__", "up", "service", "bank"),
            Labels.of("__name__", "load", "host", "a"));

    private List<Labels> matching(List<Matcher> matchers) {
      return ALL.stream()
          .filter(l -> matchers.stream().allMatch(m -> m.matches(l.get(m.name()))))
          .toList();
    }

    @Override
    public List<? extends Series> select(List<Matcher> matchers, long from, long to) {
      return matching(matchers).stream()
          .map(labels ->
              new Series() {
                @Override
                public Labels labels() {
                  return labels;
                }

                @Override
                public SampleReader read(long fromMillis, long toMillis) {
                  return batch -> {
                    batch.clear();
                    return false;
                  };
                }
              })
          .toList();
    }

    @Override
    public List<String> labelNames(List<Matcher> matchers, long from, long to) {
      TreeSet<String> names = new TreeSet<>();
      matching(matchers).forEach(l -> l.forEach((name, value) -> names.add(name)));
      return List.copyOf(names);
    }

    @Override
    public List<String> labelValues(String name, List<Matcher> matchers, long from, long to) {
      TreeSet<String> values = new TreeSet<>();
      matching(matchers).stream().filter(l -> l.has(name)).forEach(l -> values.add(l.get(name)));
      return List.copyOf(values);
    }
  }

  @BeforeEach
  void start() {
    InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-24T10:00:00Z"));
    handler =
        new QueryHandler(
            hub,
            new FewSeries(),
            () -> Map.of("up", new MetricMetadata("gauge", "Whether it is up.", "")),
            new QueryEngine(EngineOptions.defaults()),
            QueryLimits.DEFAULT,
            clock);
    handler.start();
  }

  @AfterEach
  void stop() {
    handler.close();
  }

  private JsonNode ask(String type, String data) throws InterruptedException {
    hub.deliver("shop." + type, "_INBOX.7", "{\"type\":\"" + type + "\",\"data\":" + data + "}");
    RecordingHub.Published answer = hub.next();
    assertThat(answer.subject()).isEqualTo("_INBOX.7");
    assertThat(answer.json().get("type").stringValue()).isEqualTo("metrics.result");
    return answer.data();
  }

  @Test
  void answersSeries() throws InterruptedException {
    JsonNode data = ask("metrics.series", "{\"match\":[\"up\"],\"correlation_id\":\"c\"}");
    assertThat(data.get("status").stringValue()).isEqualTo("success");
    assertThat(data.get("result").toString())
        .isEqualTo(
            "[{\"__name__\":\"up\",\"service\":\"bank\"},{\"__name__\":\"up\",\"service\":\"shop\"}]");
    assertThat(data.get("correlation_id").stringValue()).isEqualTo("c");
  }

  @Test
  void answersSeriesOfSeveralSelectorsOnceEach() throws InterruptedException {
    JsonNode data =
        ask("metrics.series", "{\"match\":[\"up\",\"{service=~\\\"shop|x\\\"}\",\"load\"]}");
    assertThat(data.get("result")).hasSize(3);
  }

  @Test
  void cutsAtTheLimitAndWarns() throws InterruptedException {
    JsonNode data = ask("metrics.series", "{\"match\":[\"up\"],\"limit\":1}");
    assertThat(data.get("result")).hasSize(1);
    assertThat(data.get("warnings").toString()).isEqualTo("[\"results truncated due to limit\"]");
  }

  @Test
  void answersLabelsAndTheirValues() throws InterruptedException {
    assertThat(ask("metrics.labels", "{}").get("result").toString())
        .isEqualTo("[\"__name__\",\"host\",\"service\"]");
    assertThat(ask("metrics.labels", "{\"match\":\"load\"}").get("result").toString())
        .isEqualTo("[\"__name__\",\"host\"]");
    assertThat(
            ask("metrics.label_values", "{\"label\":\"service\",\"match\":[\"up\",\"load\"]}")
                .get("result")
                .toString())
        .isEqualTo("[\"bank\",\"shop\"]");
  }

  @Test
  void answersMetadata() throws InterruptedException {
    assertThat(ask("metrics.metadata", "{}").get("result").toString())
        .isEqualTo("{\"up\":[{\"type\":\"gauge\",\"help\":\"Whether it is up.\",\"unit\":\"\"}]}");
    assertThat(ask("metrics.metadata", "{\"metric\":\"other\"}").get("result").toString())
        .isEqualTo("{}");
  }

  @Test
  void answersParseWithTheTree() throws InterruptedException {
    JsonNode data = ask("metrics.parse", "{\"query\":\"sum by (a) (rate(x{b!='c'}[5m]))\"}");
    JsonNode tree = data.get("result");
    assertThat(tree.get("type").stringValue()).isEqualTo("aggregation");
    assertThat(tree.get("grouping").toString()).isEqualTo("[\"a\"]");
    JsonNode selector = tree.get("expr").get("args").get(0);
    assertThat(selector.get("type").stringValue()).isEqualTo("matrixSelector");
    assertThat(selector.get("range").intValue()).isEqualTo(300_000);
    assertThat(selector.get("matchers").get(0).toString())
        .isEqualTo("{\"name\":\"b\",\"value\":\"c\",\"type\":\"!=\"}");
  }

  @Test
  void parseErrorsSayWhere() throws InterruptedException {
    JsonNode data = ask("metrics.parse", "{\"query\":\"sum(\"}");
    assertThat(data.get("status").stringValue()).isEqualTo("error");
    assertThat(data.get("errorType").stringValue()).isEqualTo("bad_data");
    assertThat(data.get("code").stringValue()).isEqualTo("invalid_query");
    assertThat(data.get("error").stringValue())
        .startsWith("invalid parameter \"query\": 1:5: parse error: ");
    assertThat(data.get("position").get("start").intValue()).isEqualTo(4);
  }

  @Test
  void selectorsThatMatchEverythingAreRefused() throws InterruptedException {
    JsonNode data = ask("metrics.series", "{\"match\":[\"{a=\\\"\\\"}\"]}");
    assertThat(data.get("code").stringValue()).isEqualTo("invalid_matcher");
  }

  @Test
  void errorsHavePrometheusWords() throws InterruptedException {
    JsonNode end = ask("metrics.query", "{\"query\":\"up\",\"start\":10,\"end\":5,\"step\":1}");
    assertThat(end.get("error").stringValue())
        .isEqualTo("invalid parameter \"end\": end timestamp must not be before start time");
    JsonNode step = ask("metrics.query", "{\"query\":\"up\",\"start\":1,\"end\":5,\"step\":0}");
    assertThat(step.get("error").stringValue())
        .isEqualTo(
            "invalid parameter \"step\": zero or negative query resolution step widths are not"
                + " accepted. Try a positive integer");
    JsonNode many = ask("metrics.query", "{\"query\":\"up\",\"start\":0,\"end\":99999,\"step\":1}");
    assertThat(many.get("error").stringValue())
        .isEqualTo(
            "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query"
                + " resolution (?step=XX)");
    assertThat(many.get("class").stringValue()).isEqualTo("user");
  }

  @Test
  void liveQueriesAreRefusedForNow() throws InterruptedException {
    JsonNode data = ask("metrics.query", "{\"query\":\"up\",\"live\":true}");
    assertThat(data.get("code").stringValue()).isEqualTo("not_yet_supported");
  }

  @Test
  void cancellingWhatDoesNotRunSaysSo() throws InterruptedException {
    JsonNode data = ask("metrics.cancel", "{\"correlation_id\":\"c\"}");
    assertThat(data.get("result").toString()).isEqualTo("{\"canceled\":0}");
    assertThat(ask("metrics.cancel", "{}").get("code").stringValue()).isEqualTo("missing_field");
  }

  @Test
  void withoutReplySubjectAnswersGoToTheServicesOwn() throws InterruptedException {
    hub.deliver("bank.metrics.labels", null, "{\"type\":\"metrics.labels\",\"data\":{}}");
    RecordingHub.Published answer = hub.next();
    assertThat(answer.subject()).isEqualTo("bank.metrics.result");
    assertThat(answer.data().get("correlation_id").stringValue()).isNotEmpty();
  }

  @Test
  void theTypeMustBeTheSubjects() throws InterruptedException {
    hub.deliver("a.metrics.query", "r", "{\"type\":\"metrics.push\",\"data\":{}}");
    assertThat(hub.next().data().get("code").stringValue()).isEqualTo("unknown_event_type");
  }

  /** Whatever comes in, one answer goes out. */
  @Test
  void noInputIsLeftWithoutAnAnswer() throws InterruptedException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<String> types =
        List.of(
            "metrics.query",
            "metrics.cancel",
            "metrics.series",
            "metrics.labels",
            "metrics.label_values",
            "metrics.metadata",
            "metrics.parse");
    String[] events = {
      "{\"type\":\"T\",\"data\":{\"query\":\"sum by (a) (rate(x[5m]))\",\"start\":1,\"end\":5,"
          + "\"step\":\"1s\",\"correlation_id\":\"c\",\"parts\":true,\"limit\":3,\"timeout\":\"5s\"}}",
      "{\"type\":\"T\",\"data\":{\"match\":[\"up\",\"{a=~\\\"b.*\\\"}\"],\"label\":\"a\","
          + "\"metric\":\"up\",\"limit\":1}}",
    };
    for (int round = 0; round < 3000; round++) {
      String type = types.get(random.nextInt(types.size()));
      byte[] event =
          events[random.nextInt(events.length)].replace("T", type).getBytes(StandardCharsets.UTF_8);
      int changes = random.nextInt(4);
      for (int i = 0; i < changes; i++) {
        int at = random.nextInt(event.length);
        switch (random.nextInt(3)) {
          case 0 -> event[at] = (byte) random.nextInt(256);
          case 1 -> event = java.util.Arrays.copyOf(event, at + 1);
          default -> event[at] = (byte) "{}[]\",:\\0-e9un".charAt(random.nextInt(14));
        }
      }
      hub.deliver("s." + type, "r", event);
      RecordingHub.Published answer = hub.next();
      assertThat(answer.subject()).as("seed %d, round %d", seed, round).isEqualTo("r");
      String status = answer.data().get("status").stringValue();
      assertThat(status).as("seed %d, round %d", seed, round).isIn("success", "error");
      assertThat(answer.data().has("correlation_id")).isTrue();
    }
    assertThat(hub.published).as("seed %d: one answer each", seed).isEmpty();
  }
}
