package dnd.metrics.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.events.ClassicHistogram;
import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import dnd.metrics.events.PushEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoPlatformTest {
  private static final long START = Instant.parse("2026-11-24T20:00:00Z").toEpochMilli();
  private static final long STEP_MILLIS = 5000;

  private static List<PushEvent> tenMinutesOf(String name, long seed) {
    SimulatedService service =
        DemoPlatform.services(seed, START).stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow();
    List<PushEvent> events = new ArrayList<>();
    for (long t = START + STEP_MILLIS; t <= START + 600_000; t += STEP_MILLIS) {
      events.add(service.advance(t));
    }
    return events;
  }

  private static List<List<Metric>> metrics(List<PushEvent> events) {
    return events.stream().map(PushEvent::metrics).toList();
  }

  /** What a counter's series gained from one event to the next, summed over its series. */
  private static List<Double> increases(List<PushEvent> events, String name, String status) {
    List<Double> result = new ArrayList<>();
    double before = 0;
    for (PushEvent event : events) {
      double total =
          event.metrics().stream()
              .filter(metric -> metric.name().equals(name))
              .filter(metric -> status.equals(metric.labels().get("status")))
              .mapToDouble(Metric::value)
              .sum();
      result.add(total - before);
      before = total;
    }
    return result;
  }

  @Test
  void theSameSeedAndTimesGiveTheSameMetrics() {
    for (SimulatedService service : DemoPlatform.services(7, START)) {
      String name = service.name();
      assertThat(metrics(tenMinutesOf(name, 7)))
          .as(name)
          .isEqualTo(metrics(tenMinutesOf(name, 7)))
          .isNotEqualTo(metrics(tenMinutesOf(name, 8)));
    }
  }

  @Test
  void everyKindOfMetricIsThere() {
    List<Metric> all = new ArrayList<>();
    for (SimulatedService service : DemoPlatform.services(1, START)) {
      all.addAll(service.advance(START + 60_000).metrics());
    }
    assertThat(all).extracting(Metric::type).contains(MetricType.COUNTER, MetricType.GAUGE);
    assertThat(all).anyMatch(metric -> metric.delta());
    assertThat(all).anyMatch(metric -> metric.histogram() != null);
    assertThat(all)
        .anyMatch(metric -> metric.type() == MetricType.HISTOGRAM && metric.histogram() == null);
    assertThat(all).allMatch(metric -> metric.help() != null);
  }

  @Test
  void countersNeverFallAndSayWhenTheyBegan() {
    Map<Object, Double> last = new HashMap<>();
    for (PushEvent event : tenMinutesOf("combat", 3)) {
      for (Metric metric : event.metrics()) {
        if (metric.type() == MetricType.COUNTER && !metric.delta()) {
          assertThat(metric.createdMillis()).isEqualTo(START);
          Double before = last.put(List.of(metric.name(), metric.labels()), metric.value());
          assertThat(metric.value()).isGreaterThanOrEqualTo(before == null ? 0 : before);
        }
      }
    }
    assertThat(last).isNotEmpty();
  }

  @Test
  void wholeHistogramsAreCumulativeAndEndWithTheirCount() {
    List<PushEvent> events = tenMinutesOf("spell", 3);
    List<Metric> whole =
        events.get(events.size() - 1).metrics().stream()
            .filter(metric -> metric.histogram() != null)
            .toList();
    assertThat(whole).isNotEmpty();
    for (Metric metric : whole) {
      ClassicHistogram histogram = (ClassicHistogram) metric.histogram();
      assertThat(new ArrayList<>(histogram.buckets().values())).isSorted();
      assertThat(histogram.buckets().get(Double.POSITIVE_INFINITY)).isEqualTo(histogram.count());
      assertThat(histogram.count()).isPositive();
      assertThat(histogram.sum()).isPositive();
    }
  }

  @Test
  void combatHasAnIncidentFromTheSeventhToTheEighthMinute() {
    List<Double> errors = increases(tenMinutesOf("combat", 3), "requests_total", "error");
    double during = errors.subList(84, 95).stream().mapToDouble(Double::doubleValue).sum();
    double before = errors.subList(60, 71).stream().mapToDouble(Double::doubleValue).sum();
    assertThat(during).isGreaterThan(10 * Math.max(1, before));
    List<Double> others = increases(tenMinutesOf("dice", 3), "requests_total", "error");
    assertThat(others.subList(84, 95).stream().mapToDouble(Double::doubleValue).sum())
        .isLessThan(30);
  }

  @Test
  void eveningsAreBusierThanMornings() {
    assertThat(Activity.level(Instant.parse("2026-11-24T20:00:00Z").toEpochMilli()))
        .isEqualTo(1.75);
    assertThat(Activity.level(Instant.parse("2026-11-24T08:00:00Z").toEpochMilli()))
        .isEqualTo(0.25);
    assertThat(Activity.isIncident(Instant.parse("2026-11-24T08:17:30Z").toEpochMilli())).isTrue();
    assertThat(Activity.isIncident(Instant.parse("2026-11-24T08:18:00Z").toEpochMilli())).isFalse();
  }

  @Test
  void timeOnlyGoesOn() {
    SimulatedService service = DemoPlatform.services(1, START).get(0);
    PushEvent event = service.advance(START + 1);
    assertThat(event.timestampMillis()).isEqualTo(START + 1);
    assertThat(event.subject()).isEqualTo(service.name() + ".metrics.push");
    assertThatThrownBy(() -> service.advance(START + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void thisMachineHasFigures() {
    List<Metric> metrics = new HostFigures().read();
    assertThat(metrics)
        .extracting(Metric::name)
        .contains("host_cpu_seconds_total", "host_memory_total_bytes", "jvm_heap_used_bytes");
    assertThat(metrics).allMatch(metric -> Double.isFinite(metric.value()));
  }

  @Test
  void countsFollowTheirMean() {
    var random = new java.util.SplittableRandom(5);
    for (double mean : new double[] {0, 0.5, 5, 100}) {
      double sum = 0;
      for (int i = 0; i < 20_000; i++) {
        sum += Poisson.next(mean, random);
      }
      assertThat(sum / 20_000)
          .as("mean %s, seed 5", mean)
          .isBetween(mean * 0.95, mean * 1.05 + 1e-9);
    }
  }
}
