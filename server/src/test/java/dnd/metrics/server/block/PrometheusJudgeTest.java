package dnd.metrics.server.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryValue;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Prometheus reads blocks of ours and finds in them what we wrote; we read those of Prometheus. */
class PrometheusJudgeTest {
  private static final long MIN = 1_700_006_400_000L;
  private static final long MAX = MIN + 7_200_000;

  /** At such times no sample is just as old as a range is long: versions differ in that. */
  private static final long START = MIN + 37;

  @TempDir Path scratch;

  private SortedMap<Labels, SampleList> write(BlockFiles files, RandomSeries.Kind kind, long seed)
      throws IOException {
    SortedMap<Labels, SampleList> model = new RandomSeries(seed).series(kind, 120, MIN, MAX);
    Ulid ulid = Ulid.of(MIN, new Random(seed));
    new BlockWriter(files, 40_000).write(BlockMeta.ofHead(ulid, MIN, MAX), new ModelCursor(model));
    model.values().removeIf(SampleList::isEmpty);
    return model;
  }

  @Test
  void promtoolFindsWhatWeWrote() throws IOException, InterruptedException {
    Path data = scratch.resolve("data");
    SortedMap<Labels, SampleList> model =
        write(new DiskBlockFiles(data), RandomSeries.Kind.FLOATS, 11);
    List<Promtool.Line> written = new ArrayList<>();
    model.forEach((labels, samples) ->
        samples.samples().forEach(s -> written.add(Promtool.Line.of(labels, s))));

    assertThat(dumped(data)).containsExactlyElementsOf(written);

    String listed = Promtool.run(scratch, "tsdb", "list", data.toString());
    assertThat(listed.lines().skip(1).toList()).hasSize(1);
    assertThat(listed.lines().skip(1).findFirst().orElseThrow().split("\\s+"))
        .contains(
            String.valueOf(MIN),
            String.valueOf(MAX),
            String.valueOf(written.size()),
            String.valueOf(model.size()));

    String analyzed = Promtool.run(scratch, "tsdb", "analyze", "--extended", data.toString());
    assertThat(analyzed)
        .contains("Series: " + model.size())
        .contains("Label names: " + labelNames(model));
  }

  @Test
  void promtoolDoesNotFindWhatWasDeleted() throws IOException, InterruptedException {
    Path data = scratch.resolve("data");
    BlockFiles files = new DiskBlockFiles(data);
    SortedMap<Labels, SampleList> model = write(files, RandomSeries.Kind.FLOATS, 14);
    Deletion deletion =
        new Deletion(
            List.of(
                List.of(Matcher.equal("__name__", "metric_1")),
                List.of(new Matcher(Matcher.Type.REGEX, "instance", "host-[1-5]"))),
            MIN + 1_000_000,
            MIN + 3_000_000);
    Block block = Block.open(files, Ulid.parse(files.list("").getFirst()));
    block.delete(deletion);
    assertThat(block.tombstones().isEmpty()).isFalse();
    block.release();
    List<Promtool.Line> left = new ArrayList<>();
    model.forEach((labels, samples) -> {
      for (SampleList.Sample sample : samples.samples()) {
        boolean deleted =
            deletion.matches(labels)
                && deletion.fromMillis() <= sample.millis()
                && sample.millis() <= deletion.toMillis();
        if (!deleted) {
          left.add(Promtool.Line.of(labels, sample));
        }
      }
    });
    assertThat(dumped(data)).containsExactlyElementsOf(left);
  }

  private List<Promtool.Line> dumped(Path data) throws IOException, InterruptedException {
    Files.createDirectory(data.resolve("wal")); // it wants to see a log too
    return Promtool.run(scratch, "tsdb", "dump", data.toString())
        .lines()
        .map(Promtool.Line::of)
        .toList();
  }

  private static long labelNames(Map<Labels, SampleList> model) {
    return model.keySet().stream().flatMap(l -> l.toMap().keySet().stream()).distinct().count();
  }

  @Test
  void weFindWhatPrometheusWrote() throws IOException, InterruptedException {
    SortedMap<Labels, SampleList> model =
        new RandomSeries(12).series(RandomSeries.Kind.FLOATS, 60, MIN, MAX);
    model.values().removeIf(SampleList::isEmpty);
    StringBuilder text = new StringBuilder();
    TreeMap<String, StringBuilder> families = new TreeMap<>();
    model.forEach((labels, samples) -> {
      String name = labels.metricName();
      StringBuilder family =
          families.computeIfAbsent(name, n -> new StringBuilder("# TYPE " + n + " unknown\n"));
      samples.samples().forEach(s -> family.append(openMetrics(labels, s)));
    });
    families.values().forEach(text::append);
    text.append("# EOF\n");
    Path input = Files.writeString(scratch.resolve("input.txt"), text);
    Path data = scratch.resolve("theirs");
    Promtool.run(
        scratch, "tsdb", "create-blocks-from", "openmetrics", input.toString(), data.toString());

    BlockFiles files = new DiskBlockFiles(data);
    TreeMap<Labels, SampleList> found = new TreeMap<>();
    for (String name : files.list("")) {
      if (!Ulid.isUlid(name)) {
        continue;
      }
      Block block = Block.open(files, Ulid.parse(name));
      for (Series series : block.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE)) {
        SampleList some = SampleList.of(series.read(Long.MIN_VALUE, Long.MAX_VALUE));
        found.merge(
            series.labels(),
            some,
            (a, b) -> {
              List<SampleList.Sample> both = new ArrayList<>(a.samples());
              both.addAll(b.samples());
              return new SampleList(both);
            });
      }
      block.release();
    }
    assertThat(lines(found)).containsExactlyElementsOf(lines(model));
  }

  /** Compared as text: NaN has one form there, whatever its bits. */
  private static List<String> lines(Map<Labels, SampleList> series) {
    List<String> lines = new ArrayList<>();
    series.forEach((labels, samples) ->
        samples.samples().forEach(s -> lines.add(labels + " " + s.value() + " " + s.millis())));
    return lines;
  }

  private static String openMetrics(Labels labels, SampleList.Sample sample) {
    StringBuilder line = new StringBuilder(labels.metricName()).append('{');
    labels
        .withoutMetricName()
        .forEach((name, value) ->
            line.append(name)
                .append("=\"")
                .append(value.replace("\\", "\\\\").replace("\"", "\\\""))
                .append("\","));
    line.setLength(line.length() - 1);
    String value = String.valueOf(sample.value()).replace("Infinity", "Inf");
    return line + "} " + value + " " + seconds(sample.millis()) + "\n";
  }

  private static String seconds(long millis) {
    return BigDecimal.valueOf(millis, 3).toPlainString();
  }

  @Test
  void prometheusAnswersQueriesOnOurBlockAsWeDo() throws IOException, InterruptedException {
    Path data = scratch.resolve("data");
    BlockFiles files = new DiskBlockFiles(data);
    write(files, RandomSeries.Kind.FLOATS, 13);
    Block block = Block.open(files, Ulid.parse(files.list("").getFirst()));
    QueryEngine engine = new QueryEngine(EngineOptions.defaults());
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path config = Files.writeString(scratch.resolve("prometheus.yml"), "global: {}\n");
    Path log = scratch.resolve("prometheus.log");
    Process prometheus =
        new ProcessBuilder(
                Promtool.find("prometheus"),
                "--config.file=" + config,
                "--storage.tsdb.path=" + data,
                "--storage.tsdb.retention.time=100y",
                "--web.listen-address=127.0.0.1:" + port,
                "--log.level=warn")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try (HttpClient http = HttpClient.newHttpClient()) {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> isReady(http, port) || !prometheus.isAlive());
      assertThat(prometheus.isAlive()).as(Files.readString(log)).isTrue();
      for (String query :
          List.of(
              "sum(count_over_time(metric_1[5m]))",
              "count by (__name__) ({__name__=~\"metric_.*\"})",
              "count by (label_1) (metric_1)",
              "metric_2{label_3!=\"\"}",
              "metric_3{label_2=~\"bard|ä\", instance!~\"host-1.*\"}",
              "max_over_time(metric_4{label_1=\"\"}[10m] offset 3m)")) {
        Map<String, String> ours = new TreeMap<>();
        QueryValue.MatrixValue matrix =
            (QueryValue.MatrixValue)
                engine.range(block, query, START, MAX, 60_000, QueryOptions.defaults()).value();
        matrix.series().forEach(series -> ours.put(series.labels().toString(), pointsOf(series)));
        Map<String, String> theirs = theirs(http, port, query);
        assertThat(theirs).as(query + "\n" + Files.readString(log)).isNotEmpty();
        assertThat(ours).as(query).isEqualTo(theirs);
      }
    } finally {
      prometheus.destroy();
      prometheus.waitFor();
      block.release();
    }
  }

  private static boolean isReady(HttpClient http, int port) {
    try {
      URI uri = URI.create("http://127.0.0.1:" + port + "/-/ready");
      HttpResponse<String> answer =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, String> theirs(HttpClient http, int port, String query)
      throws IOException, InterruptedException {
    URI uri =
        URI.create(
            "http://127.0.0.1:%d/api/v1/query_range?start=%s&end=%s&step=60&query=%s"
                .formatted(
                    port,
                    seconds(START),
                    seconds(MAX),
                    URLEncoder.encode(query, StandardCharsets.UTF_8)));
    HttpResponse<String> answer =
        http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    Map<String, String> series = new TreeMap<>();
    for (JsonNode each : JsonMapper.shared().readTree(answer.body()).at("/data/result")) {
      Labels.Builder labels = Labels.builder();
      each.get("metric").properties().forEach(e -> labels.set(e.getKey(), e.getValue().asString()));
      StringBuilder points = new StringBuilder();
      for (JsonNode point : each.get("values")) {
        String value = point.get(1).asString().replace("Inf", "Infinity");
        append(points, Math.round(point.get(0).asDouble() * 1000), Double.parseDouble(value));
      }
      series.put(labels.build().toString(), points.toString());
    }
    return series;
  }

  private static String pointsOf(QueryValue.MatrixSeries series) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < series.values().length; i++) {
      append(points, series.timestampsMillis()[i], series.values()[i]);
    }
    return points.toString();
  }

  private static void append(StringBuilder points, long millis, double value) {
    points.append(value).append('@').append(millis).append('\n');
  }
}
