package dnd.metrics.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.hub.RecordingHub;
import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.Annotations;
import dnd.metrics.server.promql.exec.QueryValue;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import dnd.metrics.server.promql.exec.QueryValue.ScalarValue;
import dnd.metrics.server.promql.exec.QueryValue.StringValue;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import dnd.metrics.server.promql.exec.QueryValue.VectorValue;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ValueWriterTest {
  private static final Asker ASKER = new Asker("shop", "_INBOX.1", "c-1");
  private static final Annotations NONE = Annotations.none();

  private static List<RecordingHub.Published> send(
      RecordingHub hub, QueryValue value, boolean parts, Annotations annotations) {
    new Answers(hub, InstantSource.fixed(java.time.Instant.EPOCH), 60_000)
        .send(
            ASKER,
            parts,
            () -> false,
            Answers.foot(annotations, null),
            stream -> new ValueWriter().write(value, stream));
    return new ArrayList<>(hub.published);
  }

  private static String text(QueryValue value) {
    return send(new RecordingHub(1 << 20), value, false, NONE).get(0).text();
  }

  private static JsonNode whole(QueryValue value) {
    List<RecordingHub.Published> sent = send(new RecordingHub(1 << 20), value, false, NONE);
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).subject()).isEqualTo("_INBOX.1");
    JsonNode event = sent.get(0).json();
    assertThat(event.get("type").stringValue()).isEqualTo("metrics.result");
    assertThat(event.get("data").get("status").stringValue()).isEqualTo("success");
    assertThat(event.get("data").get("correlation_id").stringValue()).isEqualTo("c-1");
    assertThat(event.get("data").has("part")).isFalse();
    return event.get("data");
  }

  @Test
  void writesScalarsAndStrings() {
    JsonNode scalar = whole(new ScalarValue(1_435_781_451_781L, 1.5));
    assertThat(scalar.get("resultType").stringValue()).isEqualTo("scalar");
    assertThat(text(new ScalarValue(1_435_781_451_781L, 1.5)))
        .contains("\"result\":[1435781451.781,\"1.5\"],");
    JsonNode string = whole(new StringValue(-1, "a\"b"));
    assertThat(string.get("resultType").stringValue()).isEqualTo("string");
    assertThat(string.get("result").toString()).isEqualTo("[-0.001,\"a\\\"b\"]");
  }

  @Test
  void writesVectors() {
    JsonNode data =
        whole(
            new VectorValue(
                List.of(
                    new VectorSample(Labels.of("__name__", "up", "job", "x"), 1000, 1, null),
                    new VectorSample(Labels.empty(), 1050, Double.NaN, null))));
    assertThat(data.get("resultType").stringValue()).isEqualTo("vector");
    assertThat(data.get("result").toString())
        .isEqualTo(
            "[{\"metric\":{\"__name__\":\"up\",\"job\":\"x\"},\"value\":[1,\"1\"]},"
                + "{\"metric\":{},\"value\":[1.05,\"NaN\"]}]");
  }

  @Test
  void writesMatrices() {
    JsonNode data =
        whole(
            new MatrixValue(
                List.of(
                    series(
                        Labels.of("a", "b"), new long[] {0, 15_000}, 1, Double.POSITIVE_INFINITY),
                    series(Labels.of("a", "ü"), new long[] {15_000, 30_005}, 0.1, 1e21))));
    assertThat(data.get("resultType").stringValue()).isEqualTo("matrix");
    assertThat(data.get("result").toString())
        .isEqualTo(
            "[{\"metric\":{\"a\":\"b\"},\"values\":[[0,\"1\"],[15,\"+Inf\"]]},"
                + "{\"metric\":{\"a\":\"ü\"},\"values\":[[15,\"0.1\"],[30.005,\"1e+21\"]]}]");
  }

  @Test
  void writesHistogramsBehindFloats() {
    Histogram histogram =
        Histogram.builder()
            .count(42)
            .sum(34_593.34)
            .zeroThreshold(0.25)
            .zeroCount(3)
            .positive(Buckets.contiguous(0, 12, 21, 0, 6))
            .build();
    String expected =
        "{\"count\":\"42\",\"sum\":\"34593.34\",\"buckets\":[[3,\"-0.25\",\"0.25\",\"3\"],"
            + "[0,\"0.5\",\"1\",\"12\"],[0,\"1\",\"2\",\"21\"],[0,\"4\",\"8\",\"6\"]]}";
    MatrixSeries mixed =
        new MatrixSeries(
            Labels.of("a", "b"),
            new long[] {1000, 2000, 3000},
            new double[] {0, 7, 0},
            new Histogram[] {histogram, null, Histogram.builder().build()});
    assertThat(text(new MatrixValue(List.of(mixed))))
        .contains(
            "\"result\":[{\"metric\":{\"a\":\"b\"},\"values\":[[2,\"7\"]],\"histograms\":[[1,"
                + expected
                + "],[3,{\"count\":\"0\",\"sum\":\"0\"}]]}]");
    assertThat(text(new VectorValue(List.of(new VectorSample(Labels.empty(), 1, 0, histogram)))))
        .contains("\"result\":[{\"metric\":{},\"histogram\":[0.001," + expected + "]}]");
  }

  @Test
  void anEmptyAnswerIsAnEmptyList() {
    assertThat(whole(new VectorValue(List.of())).get("result").toString()).isEqualTo("[]");
    assertThat(whole(new MatrixValue(List.of())).get("result").toString()).isEqualTo("[]");
  }

  @Test
  void limitsAnnotations() {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      many.add("warning " + i);
    }
    JsonNode data =
        send(
                new RecordingHub(1 << 20),
                new ScalarValue(0, 0),
                false,
                new Annotations(many, List.of("info")))
            .get(0)
            .data();
    assertThat(data.get("warnings")).hasSize(11);
    assertThat(data.get("warnings").get(10).stringValue())
        .isEqualTo("5 more warning annotations omitted");
    assertThat(data.get("infos").toString()).isEqualTo("[\"info\"]");
  }

  @Test
  void saysThatThereWereMoreAnnotationsThanWereKept() {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      many.add("info " + i);
    }
    Annotations cut = new Annotations(List.of(), many, true);
    JsonNode data =
        send(new RecordingHub(1 << 20), new ScalarValue(0, 0), false, cut).get(0).data();
    assertThat(data.get("infos").get(10).stringValue())
        .isEqualTo("at least 5 more info annotations omitted");
  }

  @Test
  void partsPutTogetherAreTheWhole() {
    partsPutTogetherAreTheWhole(new Random().nextLong());
  }

  @Test
  void aPartMayEndJustWhereItIsFull() {
    partsPutTogetherAreTheWhole(8615125931861916338L);
  }

  private static void partsPutTogetherAreTheWhole(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      MatrixValue matrix = randomMatrix(random);
      RecordingHub hub = new RecordingHub(700 + random.nextInt(3000));
      List<RecordingHub.Published> parts = send(hub, matrix, true, NONE);
      Map<String, List<String>> collected = new TreeMap<>();
      for (int i = 0; i < parts.size(); i++) {
        JsonNode data = parts.get(i).data();
        boolean numbered = parts.size() > 1;
        assertThat(data.has("part")).as("seed %d", seed).isEqualTo(numbered);
        if (numbered) {
          assertThat(data.get("part").intValue()).as("seed %d", seed).isEqualTo(i + 1);
          assertThat(data.get("last").booleanValue())
              .as("seed %d", seed)
              .isEqualTo(i == parts.size() - 1);
        }
        for (JsonNode series : data.get("result")) {
          List<String> samples =
              collected.computeIfAbsent(series.get("metric").toString(), k -> new ArrayList<>());
          JsonNode values = series.get("values");
          assertThat(values).as("seed %d", seed).isNotEmpty();
          values.forEach(value -> samples.add(value.toString()));
        }
      }
      Map<String, List<String>> expected = new TreeMap<>();
      JsonNode result = send(new RecordingHub(1 << 24), matrix, false, NONE).get(0).data();
      for (JsonNode series : result.get("result")) {
        List<String> samples = new ArrayList<>();
        series.get("values").forEach(value -> samples.add(value.toString()));
        expected.put(series.get("metric").toString(), samples);
      }
      assertThat(collected).as("seed %d", seed).isEqualTo(expected);
    }
  }

  @Test
  void vectorsComeInPartsToo() {
    List<VectorSample> samples = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      samples.add(new VectorSample(Labels.of("i", "" + i), 0, i, null));
    }
    List<RecordingHub.Published> parts =
        send(new RecordingHub(800), new VectorValue(samples), true, NONE);
    int seen = 0;
    for (RecordingHub.Published part : parts) {
      for (JsonNode sample : part.data().get("result")) {
        assertThat(sample.get("metric").get("i").stringValue()).isEqualTo("" + seen++);
      }
    }
    assertThat(seen).isEqualTo(100);
    assertThat(parts.size()).isGreaterThan(5);
  }

  @Test
  void tooLargeWithoutPartsIsAnErrorThatSaysSo() {
    MatrixValue matrix = randomMatrix(new Random(1));
    JsonNode data = send(new RecordingHub(700), matrix, false, NONE).get(0).data();
    assertThat(data.get("status").stringValue()).isEqualTo("error");
    assertThat(data.get("errorType").stringValue()).isEqualTo("execution");
    assertThat(data.get("code").stringValue()).isEqualTo("result_too_large");
    assertThat(data.get("error").stringValue())
        .isEqualTo(
            "the answer is larger than the hub's max_payload of 700 bytes:"
                + " narrow the query, or ask with \"parts\": true");
  }

  @Test
  void labelsThatFitInNoPartAreAnError() {
    MatrixValue matrix =
        new MatrixValue(List.of(series(Labels.of("a", "x".repeat(2000)), new long[] {0}, 1)));
    List<RecordingHub.Published> sent = send(new RecordingHub(1000), matrix, true, NONE);
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).data().get("code").stringValue()).isEqualTo("result_too_large");
  }

  @Test
  void stopsWhenTheAskerHasGone() {
    RecordingHub hub = new RecordingHub(700);
    hub.listensFor = 3;
    List<RecordingHub.Published> sent = send(hub, randomMatrix(new Random(2)), true, NONE);
    assertThat(sent).hasSize(3);
    assertThat(sent.get(2).data().get("last").booleanValue()).isFalse();
  }

  @Test
  void waitsForASlowReaderBetweenParts() throws InterruptedException {
    RecordingHub hub = new RecordingHub(700);
    hub.pendingBytes = 100 << 20;
    MatrixValue matrix = randomMatrix(new Random(2));
    Thread sender = Thread.ofPlatform().start(() -> send(hub, matrix, true, NONE));
    assertThat(sender.join(java.time.Duration.ofMillis(100))).isFalse();
    assertThat(hub.published).isEmpty();
    hub.pendingBytes = 0;
    assertThat(sender.join(java.time.Duration.ofSeconds(20))).isTrue();
    assertThat(hub.published.size()).isGreaterThan(5);
  }

  private static MatrixValue randomMatrix(Random random) {
    List<MatrixSeries> list = new ArrayList<>();
    int count = 5 + random.nextInt(20);
    for (int i = 0; i < count; i++) {
      int size = 1 + random.nextInt(100);
      long[] times = new long[size];
      double[] values = new double[size];
      for (int j = 0; j < size; j++) {
        times[j] = 1_700_000_000_000L + j * (15_000L + i % 2);
        values[j] = random.nextBoolean() ? random.nextInt(100) : random.nextDouble();
      }
      list.add(series(Labels.of("i", "" + i, "pad", "p".repeat(i)), times, values));
    }
    return new MatrixValue(list);
  }

  private static MatrixSeries series(Labels labels, long[] times, double... values) {
    return new MatrixSeries(labels, times, values, null);
  }
}
