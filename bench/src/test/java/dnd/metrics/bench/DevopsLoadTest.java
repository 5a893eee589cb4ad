package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.airlift.compress.v3.snappy.SnappyJavaDecompressor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DevopsLoadTest {
  private static final long START = 1_764_000_000_000L;
  private final DevopsLoad load = new DevopsLoad(200, 50, START, 42);

  @Test
  void theSameSeedGivesTheSameWalks() {
    DevopsLoad again = new DevopsLoad(200, 50, START, 42);
    DevopsLoad other = new DevopsLoad(200, 50, START, 43);
    assertThat(again.sum(3)).isEqualTo(load.sum(3));
    assertThat(again.hosts()).isEqualTo(load.hosts());
    assertThat(other.sum(3)).isNotEqualTo(load.sum(3));
  }

  @Test
  void valuesAreWholeNumbersBetween0And100AndTheyMove() {
    int changes = 0;
    for (int host = 0; host < 20; host++) {
      for (int s = 0; s < 50; s++) {
        assertThat(load.value(2, host, s)).isBetween(0, 100);
        changes += s > 0 && load.value(2, host, s) != load.value(2, host, s - 1) ? 1 : 0;
      }
    }
    assertThat(changes).isGreaterThan(100);
  }

  @ParameterizedTest
  @EnumSource
  void eventsAreTheSeedDocumentsPushes(EventTemplate.Form form) {
    WireBuffer out = new WireBuffer();
    byte[] id = "00000000-0000-4000-8000-000000000001".getBytes(US_ASCII);
    int length =
        new EventTemplate(load.hosts().get(7), form)
            .render(load, 9, EventTemplate.renderTime(load.timeMillis(9)), id, out);
    assertThat(length).isEqualTo(out.size());
    JsonNode event = new JsonMapper().readTree(new String(out.array(), 0, length, UTF_8));
    assertThat(event.get("type").stringValue()).isEqualTo("metrics.push");
    JsonNode data = event.get("data");
    assertThat(data.get("service").stringValue()).isEqualTo("devops_07");
    assertThat(data.get("correlation_id").stringValue()).isEqualTo(new String(id, US_ASCII));
    assertThat(java.time.Instant.parse(data.get("timestamp").stringValue()).toEpochMilli())
        .isEqualTo(START + 90_000);
    assertThat(data.get("metrics").size()).isEqualTo(10);
    for (int m = 0; m < 10; m++) {
      JsonNode metric = data.get("metrics").get(m);
      assertThat(metric.get("name").stringValue()).isEqualTo(DevopsLoad.METRICS.get(m));
      assertThat(metric.get("value").intValue()).isEqualTo(load.value(m, 7, 9));
      JsonNode labels = form == EventTemplate.Form.FULL ? metric.get("labels") : data.get("labels");
      assertThat(labels.size()).isEqualTo(10);
      assertThat(labels.get("hostname").stringValue()).isEqualTo("host_7");
    }
  }

  @Test
  void remoteWriteRequestsHoldEverySeriesOnce() {
    byte[] request = new RemoteWrite(load).request(load, load.hosts(), 3);
    byte[] raw = new byte[new SnappyJavaDecompressor().getUncompressedLength(request, 0)];
    int n = new SnappyJavaDecompressor().decompress(request, 0, request.length, raw, 0, raw.length);
    String text = new String(raw, 0, n, UTF_8);
    assertThat(text.split("hostname", -1)).hasSize(load.seriesCount() + 1);
    assertThat(text).contains("host_0").contains("host_19").contains("cpu_usage_guest_nice");
  }

  @Test
  void answersThatDifferAreTold() {
    long to = START + 3_600_000;
    DevopsLoad hour = new DevopsLoad(200, 360, START, 42);
    ExpectedAnswers expected = new ExpectedAnswers(hour, START, to);
    for (DashboardQuery query : DashboardQuery.ALL) {
      if (query.expression().startsWith("topk")) {
        assertThat(expected.difference(query, Answer.empty())).as(query.title()).isNotNull();
        continue;
      }
      Answer answer = expected.answer(query);
      assertThat(answer.points()).as(query.title()).isPositive();
      assertThat(expected.difference(query, answer)).isNull();
      answer.series().values().iterator().next().replaceAll((t, v) -> v + 1e-3);
      assertThat(expected.difference(query, answer)).as(query.title()).contains("expected");
    }
  }
}
