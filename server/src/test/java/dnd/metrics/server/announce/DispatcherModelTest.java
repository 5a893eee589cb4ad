package dnd.metrics.server.announce;

import static dnd.metrics.server.announce.AlertExamples.firing;
import static dnd.metrics.server.announce.AlertExamples.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.announce.route.AlertsConfig;
import dnd.metrics.server.announce.route.AlertsConfigs;
import dnd.metrics.server.model.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random changes of alerts, silences and time; the dispatcher says what the model says. */
class DispatcherModelTest {
  private static final int STEPS = 3000;
  private static final List<String> SEVERITIES = List.of("critical", "warning", "info");
  private static final List<String> SERVICES = List.of("a", "b", "c");

  private static final List<String> CONFIGS =
      List.of(
          "{}",
          """
          route: {receiver: r, group_by: [service], group_wait: 3s, group_interval: 7s, repeat_interval: 20s}
          """,
          """
          route: {receiver: r, group_wait: 0s, group_interval: 0s, repeat_interval: 11s}
          inhibit_rules:
            - source_matchers: [severity="critical"]
              target_matchers: [severity=~"warning|info"]
              equal: [service]
            - source_matchers: [severity=~"critical|warning"]
              target_matchers: [severity=~"warning|info"]
          """,
          """
          route:
            receiver: r
            group_by: ['...']
            group_wait: 2s
            group_interval: 5s
            repeat_interval: 13s
            routes:
              - matchers: [severity="critical"]
                receiver: pager
                group_by: [service]
                group_wait: 0s
                group_interval: 0s
                repeat_interval: 0s
                continue: true
              - matchers: [service=~"a|b"]
                receiver: chat
                group_by: []
                mute_time_intervals: [odd]
          inhibit_rules:
            - source_matchers: [severity="critical"]
              target_matchers: [severity="info"]
              equal: [service]
          time_intervals:
            - name: odd
              time_intervals:
                - times: [{start_time: '00:01', end_time: '00:02'}, {start_time: '00:03', end_time: '00:05'}]
          """);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void saysWhatTheModelSays(long seed) {
    Random random = new Random(seed);
    AlertsConfig config = AlertsConfigs.parse(CONFIGS.get((int) (seed % CONFIGS.size())));
    Dispatcher dispatcher = new Dispatcher(config);
    DispatcherModel model = new DispatcherModel(config);
    List<Alert> fires = new ArrayList<>();
    int said = 0;
    long now = 0;
    for (int step = 0; step < STEPS; step++) {
      String what = "seed " + seed + ", step " + step + ", at " + now;
      List<String> found;
      List<String> expected;
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> {
          List<Alert> changes = changes(random, fires, step, now);
          what += ", " + changes;
          dispatcher.accept(changes, now);
          found = ids(dispatcher.turn());
          expected = model.accept(changes, now);
        }
        case 3 -> {
          Silence silence = silence(random, now);
          what += ", " + silence;
          dispatcher.put(List.of(silence), now);
          found = ids(dispatcher.turn());
          expected = model.put(silence, now);
        }
        default -> {
          now += 1000;
          dispatcher.advance(now);
          found = ids(dispatcher.turn());
          expected = model.advance(now);
        }
      }
      assertThat(found).as(what).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(dispatcher.nextMillis()).as(what).isGreaterThan(now);
      said += found.size();
    }
    assertThat(said).as("how much was said with seed %d", seed).isGreaterThan(100);
  }

  private static List<Alert> changes(Random random, List<Alert> fires, int step, long now) {
    List<Alert> changes = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      if (!fires.isEmpty() && random.nextInt(5) < 2) {
        Alert alert = fires.get(random.nextInt(fires.size()));
        if (random.nextBoolean()) {
          fires.remove(alert);
          changes.add(resolved(alert, now));
        } else {
          changes.add(alert); // again
        }
      } else if (fires.size() < 8) {
        Alert alert =
            firing(
                "s" + step + "-" + i,
                now - random.nextInt(5) * 1000L,
                "alertname",
                "A" + random.nextInt(3),
                "service",
                SERVICES.get(random.nextInt(SERVICES.size())),
                "severity",
                SEVERITIES.get(random.nextInt(SEVERITIES.size())));
        fires.add(alert);
        changes.add(alert);
      }
    }
    return changes;
  }

  private static Silence silence(Random random, long now) {
    Matcher matcher =
        random.nextBoolean()
            ? Matcher.equal("service", SERVICES.get(random.nextInt(SERVICES.size())))
            : Matcher.equal("severity", SEVERITIES.get(random.nextInt(SEVERITIES.size())));
    long start = now + random.nextInt(10) * 1000L;
    return new Silence(
        "silence" + random.nextInt(3),
        List.of(matcher),
        start,
        start + random.nextInt(15) * 1000L,
        "m",
        "c",
        now);
  }

  private static List<String> ids(Turn turn) {
    List<String> ids = new ArrayList<>();
    for (Turn.Step step : turn.steps) {
      if (step instanceof Turn.Say say) {
        ids.add(say.announcement().eventId());
      }
    }
    turn.steps.clear();
    return ids;
  }
}
