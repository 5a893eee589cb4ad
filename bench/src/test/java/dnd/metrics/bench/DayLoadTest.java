package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a day's events should add up to, beside what they are found to hold. */
class DayLoadTest {
  private static final long BEGIN = 1_764_000_012_345L;
  private static final int HOURS = 5;
  private static final int METRIC = 3;

  /** A sample of {@link #METRIC}. */
  private record Sent(String sender, String host, long millis, int value) {}

  private final DayLoad load = new DayLoad(300, BEGIN, HOURS);
  private final List<Sent> sent = new ArrayList<>();

  @BeforeEach
  void readAllEvents() {
    JsonMapper json = new JsonMapper();
    WireBuffer out = new WireBuffer();
    for (long number = 0; number < load.events(); number++) {
      out.clear();
      load.publication(number, out);
      String[] lines = new String(out.array(), 0, out.size(), UTF_8).split("\r\n");
      assertThat(lines[0]).contains("_INBOX.soak." + number + " ");
      JsonNode data = json.readTree(lines[1]).get("data");
      JsonNode metric = data.get("metrics").get(METRIC);
      sent.add(
          new Sent(
              data.get("service").stringValue(),
              metric.get("labels").get("hostname").stringValue(),
              Instant.parse(data.get("timestamp").stringValue()).toEpochMilli(),
              metric.get("value").intValue()));
    }
  }

  @Test
  void timesAndHostsFollowFromTheNumber() {
    assertThat(sent).hasSize(30 * HOURS * 180);
    for (int number = 0; number < sent.size(); number++) {
      assertThat(sent.get(number).millis()).isEqualTo(load.timeMillis(number));
      assertThat(sent.get(number).host()).isEqualTo(load.hostname(number));
    }
    assertThat(sent.getFirst().millis()).isEqualTo(BEGIN);
    assertThat(sent.getLast().millis())
        .isBetween(BEGIN + HOURS * 3_600_000L - 1000, BEGIN + HOURS * 3_600_000L);
  }

  @Test
  void eachHostIsReplacedEveryTwoHours() {
    Map<String, Integer> eventsOf = new HashMap<>();
    sent.forEach(each -> eventsOf.merge(each.host(), 1, Integer::sum));
    assertThat(eventsOf.values()).allMatch(events -> events <= DayLoad.LIFE_ROUNDS);
    assertThat(eventsOf).hasSize((int) (30 + load.replaced())).hasSizeBetween(90, 105);
    assertThat(new HashSet<>(eventsOf.values())).contains(DayLoad.LIFE_ROUNDS);
  }

  @Test
  void anEventIsFoundByItsTime() {
    for (int number = 0; number < sent.size(); number += 17) {
      long millis = sent.get(number).millis();
      int first = 0;
      while (sent.get(first).millis() < millis) {
        first++;
      }
      assertThat(load.firstFrom(millis)).isEqualTo(first);
      int host = number % 30;
      long last = load.lastOf(host, millis + 1);
      assertThat(last % 30).isEqualTo(host);
      assertThat(sent.get((int) last).millis()).isBetween(millis - 20_000, millis + 1);
    }
    assertThat(load.firstFrom(BEGIN - 1)).isZero();
    assertThat(load.firstFrom(Long.MAX_VALUE / 1_000_000)).isEqualTo(load.events());
    assertThat(load.lastOf(7, BEGIN)).isNegative();
  }

  @Test
  void countsAndSumsAreThoseOfTheEvents() {
    for (long from = BEGIN - 1_000_000; from < BEGIN + HOURS * 3_600_000L; from += 3_333_333) {
      for (int services : List.of(5, DevopsLoad.SERVICES)) {
        long count = 0;
        long sum = 0;
        for (Sent each : sent) {
          boolean counts = Integer.parseInt(each.sender().substring("devops_".length())) < services;
          if (counts && each.millis() >= from && each.millis() < from + 3_600_000) {
            count++;
            sum += each.value();
          }
        }
        assertThat(load.total(METRIC, services, from, from + 3_600_000))
            .isEqualTo(new DayLoad.Total(count, sum));
      }
    }
  }

  @Test
  void aggregatesAreThoseOfEachSeries() {
    for (long from = BEGIN - 1_000_000; from < BEGIN + HOURS * 3_600_000L; from += 2_222_222) {
      long to = from + 3_600_000;
      Map<String, List<Integer>> bySeries = new HashMap<>();
      for (Sent each : sent) {
        if (each.millis() > from && each.millis() <= to) {
          bySeries.computeIfAbsent(each.host(), host -> new ArrayList<>()).add(each.value());
        }
      }
      assertThat(load.aggregates(METRIC, from, to))
          .isEqualTo(
              new DayLoad.Aggregates(
                  bySeries.values().stream().mapToLong(List::size).sum(),
                  bySeries.values().stream().flatMap(List::stream).mapToLong(v -> v).sum(),
                  bySeries.values().stream().mapToLong(Collections::min).sum(),
                  bySeries.values().stream().mapToLong(Collections::max).sum()));
    }
  }

  @Test
  void anEventIsTheSameWhenItIsPushedAgain() {
    for (long number : List.of(load.events() - 1, 0L, load.events() / 2, load.events() / 2 + 1)) {
      WireBuffer out = new WireBuffer();
      load.publication(number, out);
      String[] lines = new String(out.array(), 0, out.size(), UTF_8).split("\r\n");
      JsonNode metric = new JsonMapper().readTree(lines[1]).get("data").get("metrics").get(METRIC);
      assertThat(metric.get("labels").get("hostname").stringValue())
          .isEqualTo(sent.get((int) number).host());
      assertThat(metric.get("value").intValue()).isEqualTo(sent.get((int) number).value());
    }
  }

  @Test
  void theSumIsOfTheLastSamplesOfFiveMinutes() {
    for (long at = BEGIN + 1; at < BEGIN + HOURS * 3_600_000L; at += 777_777) {
      Map<String, Integer> last = new HashMap<>();
      for (Sent each : sent) {
        if (each.millis() <= at && each.millis() > at - 300_000) {
          last.put(each.host(), each.value());
        }
      }
      assertThat(load.sumOfLast(METRIC, at))
          .isEqualTo(last.values().stream().mapToInt(Integer::intValue).sum());
    }
  }

  @Test
  void theHighestOfEachMinuteIsThatOfOneHost() {
    for (int number = 100; number < sent.size(); number += 531) {
      long to = sent.get(number).millis();
      TreeMap<Long, Double> highest = new TreeMap<>();
      for (long at = to - 3_600_000; at <= to; at += 60_000) {
        for (Sent each : sent) {
          if (each.host().equals(sent.get(number).host())
              && each.millis() <= at
              && each.millis() > at - 60_000) {
            highest.merge(at, (double) each.value(), Math::max);
          }
        }
      }
      assertThat(load.highestByMinute(METRIC, number, to - 3_600_000, to)).isEqualTo(highest);
    }
  }
}
