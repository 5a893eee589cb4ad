package dnd.metrics.server.exposition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.events.ClassicHistogram;
import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpositionTest {
  private static Exposition parse(String... lines) throws ExpositionException {
    return Exposition.parse(String.join("\n", lines));
  }

  @Test
  void readsThePrometheusFormat() throws ExpositionException {
    Exposition read =
        parse(
            "# HELP http_requests_total The total\\nnumber of \\\\ requests.",
            "# TYPE http_requests_total counter",
            "http_requests_total{method=\"post\",code=\"200\"} 1027 1395066363000",
            "http_requests_total{method=\"post\",code=\"400\",} 3",
            "",
            "# a comment",
            "msdos_file_access_time{path=\"C:\\\\DIR\\\\\\\"x\\n\"} 1.458255915e9",
            "metric_without_labels -Inf",
            "nan NaN\t-3982045");
    assertThat(read.format()).isEqualTo(ExpositionFormat.PROMETHEUS);
    List<Metric> metrics = read.metrics();
    assertThat(metrics).hasSize(5);
    Metric first = metrics.get(0);
    assertThat(first.type()).isEqualTo(MetricType.COUNTER);
    assertThat(first.value()).isEqualTo(1027);
    assertThat(first.timestampMillis()).isEqualTo(1_395_066_363_000L);
    assertThat(first.labels()).isEqualTo(Map.of("method", "post", "code", "200"));
    assertThat(first.help()).isEqualTo("The total\nnumber of \\ requests.");
    assertThat(metrics.get(1).timestampMillis()).isNull();
    assertThat(metrics.get(2).type()).isEqualTo(MetricType.GAUGE);
    assertThat(metrics.get(2).labels()).isEqualTo(Map.of("path", "C:\\DIR\\\"x\n"));
    assertThat(metrics.get(3).value()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(metrics.get(4).value()).isNaN();
    assertThat(metrics.get(4).timestampMillis()).isEqualTo(-3_982_045L);
  }

  @Test
  void readsOpenMetrics() throws ExpositionException {
    Exposition read =
        parse(
            "# TYPE acme_http_router_request_seconds counter",
            "# UNIT acme_http_router_request_seconds seconds",
            "# HELP acme_http_router_request_seconds Latency \\\"of\\\" all.",
            "acme_http_router_request_seconds_total{path=\"/a\"} 807283.0 1605281325.25",
            "acme_http_router_request_seconds_created{path=\"/a\"} 1605281325.5",
            "# TYPE go_goroutines gauge",
            "go_goroutines 69",
            "# TYPE build info",
            "build_info{version=\"1\"} 1",
            "# EOF",
            "");
    assertThat(read.format()).isEqualTo(ExpositionFormat.OPENMETRICS);
    assertThat(read.metrics()).hasSize(3);
    Metric counter = read.metrics().get(0);
    assertThat(counter.name()).isEqualTo("acme_http_router_request_seconds_total");
    assertThat(counter.type()).isEqualTo(MetricType.COUNTER);
    assertThat(counter.timestampMillis()).isEqualTo(1_605_281_325_250L);
    assertThat(counter.createdMillis()).isEqualTo(1_605_281_325_500L);
    assertThat(counter.unit()).isEqualTo("seconds");
    assertThat(counter.help()).isEqualTo("Latency \"of\" all.");
    assertThat(read.metrics().get(2).name()).isEqualTo("build_info");
    assertThat(read.creationTimes()).isZero();
  }

  @Test
  void creationTimesBesideACounterAreItsOwn() throws ExpositionException {
    Exposition read =
        parse(
            "# TYPE jobs_total counter",
            "jobs_total{a=\"1\"} 5",
            "jobs_total{a=\"2\"} 6",
            "# TYPE jobs_created gauge",
            "jobs_created{a=\"1\"} 1.7e9",
            "# TYPE document_created gauge",
            "document_created 12");
    assertThat(read.metrics())
        .extracting(Metric::name)
        .containsExactly("jobs_total", "jobs_total", "document_created");
    assertThat(read.metrics())
        .extracting(Metric::createdMillis)
        .containsExactly(1_700_000_000_000L, null, null);
  }

  @Test
  void aHistogramIsOneMetric() throws ExpositionException {
    Exposition read =
        parse(
            "# HELP d Durations.",
            "# TYPE d histogram",
            "d_bucket{h=\"x\",le=\"0.05\"} 24054 # {trace_id=\"KOO5S4vxi0o\"} 0.04 1520879607.7",
            "d_bucket{h=\"x\",le=\"1\"} 133988",
            "d_bucket{h=\"x\",le=\"+Inf\"} 144320",
            "d_sum{h=\"x\"} 53423.5",
            "d_count{h=\"x\"} 144320",
            "d_created{h=\"x\"} 1520430000",
            "d_bucket{h=\"y\",le=\"+Inf\"} 2",
            "d_sum{h=\"y\"} 3",
            "# EOF");
    assertThat(read.exemplars()).isEqualTo(1);
    assertThat(read.creationTimes()).isEqualTo(1);
    assertThat(read.metrics()).hasSize(2);
    Metric x = read.metrics().get(0);
    assertThat(x.name()).isEqualTo("d");
    assertThat(x.labels()).isEqualTo(Map.of("h", "x"));
    assertThat(x.help()).isEqualTo("Durations.");
    assertThat(histogram(x).count()).isEqualTo(144_320);
    assertThat(histogram(x).sum()).isEqualTo(53_423.5);
    assertThat(histogram(x).buckets())
        .isEqualTo(Map.of(0.05, 24_054.0, 1.0, 133_988.0, Double.POSITIVE_INFINITY, 144_320.0));
    assertThat(histogram(read.metrics().get(1)).count()).isEqualTo(2);
  }

  private static ClassicHistogram histogram(Metric metric) {
    return (ClassicHistogram) metric.histogram();
  }

  @Test
  void aSummaryIsGaugesAndCounters() throws ExpositionException {
    Exposition read =
        parse(
            "# TYPE s summary", "s{quantile=\"0.5\"} 4773", "s_sum 1.7560473e+07", "s_count 2693");
    assertThat(read.metrics())
        .extracting(Metric::type)
        .containsExactly(MetricType.GAUGE, MetricType.COUNTER, MetricType.COUNTER);
    assertThat(read.metrics()).extracting(Metric::name).containsExactly("s", "s_sum", "s_count");
  }

  @Test
  void readsQuotedNames() throws ExpositionException {
    Exposition read =
        parse(
            "# TYPE \"my.dotted.counter\" counter",
            "# HELP \"my.dotted.counter\" With dots.",
            "{\"my.dotted.counter\",\"some.label\"=\"ä\",plain=\"p\"} 7",
            "{ \"lonely metric\" } 1");
    assertThat(read.metrics().get(0).name()).isEqualTo("my.dotted.counter");
    assertThat(read.metrics().get(0).type()).isEqualTo(MetricType.COUNTER);
    assertThat(read.metrics().get(0).help()).isEqualTo("With dots.");
    assertThat(read.metrics().get(0).labels()).isEqualTo(Map.of("some.label", "ä", "plain", "p"));
    assertThat(read.metrics().get(1).name()).isEqualTo("lonely metric");
  }

  @Test
  void readsOneSample() throws ExpositionException {
    Metric metric = Exposition.parseSample("temperature_celsius{room=\"hall\"} 21.5");
    assertThat(metric.name()).isEqualTo("temperature_celsius");
    assertThat(metric.labels()).isEqualTo(Map.of("room", "hall"));
    assertThat(metric.value()).isEqualTo(21.5);
    assertThat(metric.type()).isEqualTo(MetricType.GAUGE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "a|line 1: expected a value, found the end of the line",
        "a x|line 1: \"x\" is not a number",
        "a 1d|line 1: \"1d\" is not a number",
        "a 1 2.5|line 1: \"2.5\" is not a timestamp in Unix milliseconds",
        "a 1 2 3|line 1: unexpected \"3\" behind the sample",
        "a{b=\"c\" 1|line 1: expected ',' or '}' behind a label, found \"1\"",
        "a{b=\"c\"|line 1: the labels have no closing brace",
        "a{b=c} 1|line 1: the value of label \"b\" must stand in quotes",
        "a{b} 1|line 1: expected '=' behind the label's name, found \"} 1\"",
        "a{b=\"c} 1|line 1: a quote is not closed",
        "a{b=\"\\x\"} 1|line 1: invalid escape sequence \"\\x\"",
        "a{b=\"1\",b=\"2\"} 1|line 1: label \"b\" comes twice",
        "{b=\"c\"} 1|line 1: the metric has no name",
        "7up 1|line 1: expected a metric's name, found \"7up 1\"",
        "# TYPE a widget|line 1: unknown metric type \"widget\"",
      })
  void saysWhatIsWrongAndWhere(String text, String message) {
    assertThatThrownBy(() -> Exposition.parse(text))
        .isInstanceOf(ExpositionException.class)
        .hasMessage(message);
  }

  @Test
  void countsLines() {
    assertThatThrownBy(() -> parse("a 1", "", "# comment", "b one"))
        .hasMessage("line 4: \"one\" is not a number");
    assertThatThrownBy(() -> parse("# TYPE h histogram", "h_sum 1", "h_bucket{le=\"1\"} 2"))
        .hasMessageStartingWith("line 3: the histogram h has neither");
  }

  @Test
  void onlyEverThrowsWhatItSays() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String good =
        "# TYPE d histogram\nd_bucket{le=\"1\"} 2 # {a=\"b\"} 1 2\nd_count 3\nd_sum 1\n"
            + "# TYPE c counter\n{\"c\",a=\"\\n\"} 1 5\nc_created 3\n# EOF";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder(good);
      for (int i = random.nextInt(4); i >= 0; i--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, "{}\"\\#,= \n0Nx".charAt(random.nextInt(12)));
          case 1 -> text.deleteCharAt(at);
          default -> text.insert(at, text.charAt(random.nextInt(text.length())));
        }
      }
      try {
        assertThat(Exposition.parse(text.toString()).metrics()).isNotNull();
      } catch (ExpositionException e) {
        assertThat(e.line()).as("seed %d: %s", seed, text).isPositive();
      }
    }
  }
}
