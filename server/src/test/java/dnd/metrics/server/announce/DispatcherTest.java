package dnd.metrics.server.announce;

import static dnd.metrics.server.announce.AlertExamples.firing;
import static dnd.metrics.server.announce.AlertExamples.resolved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.announce.route.AlertsConfig;
import dnd.metrics.server.announce.route.AlertsConfigs;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is announced when, with a clock that the test moves. */
class DispatcherTest {
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;

  /** A Monday, 10:00 UTC. */
  private long now = 1_799_661_600_000L;

  private Dispatcher dispatcher = new Dispatcher(AlertsConfigs.parse("{}"));

  private void configure(String yaml) {
    dispatcher = new Dispatcher(AlertsConfigs.parse(yaml));
  }

  private List<String> accept(Alert... alerts) {
    dispatcher.accept(List.of(alerts), now);
    return ids(dispatcher.turn());
  }

  /** Lets time pass, and does at its time what is due. */
  private List<String> pass(long millis) {
    List<String> ids = new ArrayList<>();
    long until = now + millis;
    while (dispatcher.nextMillis() <= until) {
      now = Math.max(now, dispatcher.nextMillis());
      dispatcher.advance(now);
      ids.addAll(ids(dispatcher.turn()));
    }
    now = until;
    return ids;
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

  private Silence silence(String id, Matcher matcher, long startsIn, long endsIn) {
    return new Silence(id, List.of(matcher), now + startsIn, now + endsIn, "m", "c", now);
  }

  private AlertView view(String name) {
    return dispatcher.views(now).stream()
        .filter(view -> view.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void withoutARouteEveryAlertIsAnnouncedAtOnce() {
    Alert a = firing("a", now, "alertname", "A");
    Alert b = firing("b", now, "alertname", "B");
    assertThat(accept(a, b)).containsExactly("a/triggered", "b/triggered");
    assertThat(accept(resolved(a, now))).containsExactly("a/resolved");
    assertThat(dispatcher.nextMillis()).isEqualTo(Long.MAX_VALUE);
    assertThat(pass(100 * HOUR)).isEmpty();
    assertThat(dispatcher.size()).isEqualTo(1);
  }

  @Test
  void aGroupWaitsForItsFirstAlertsAndThenForItsInterval() {
    configure("route: {receiver: r, group_by: [job], group_wait: 30s, group_interval: 5m}");
    assertThat(accept(firing("a", now, "alertname", "A", "job", "x"))).isEmpty();
    assertThat(pass(29_999)).isEmpty();
    assertThat(accept(firing("b", now, "alertname", "B", "job", "x"))).isEmpty();
    assertThat(view("B").state()).isEqualTo(AlertView.State.UNPROCESSED);
    assertThat(pass(1)).containsExactly("a/triggered/r", "b/triggered/r");
    assertThat(view("B").state()).isEqualTo(AlertView.State.ACTIVE);

    assertThat(accept(firing("c", now, "alertname", "C", "job", "x"))).isEmpty();
    assertThat(pass(5 * MINUTE - 1)).isEmpty();
    assertThat(pass(1)).containsExactly("c/triggered/r");

    Alert other = firing("d", now, "alertname", "D", "job", "y");
    assertThat(accept(other)).isEmpty();
    assertThat(pass(30_000)).containsExactly("d/triggered/r");
  }

  @Test
  void anAlertThatFiresForLongNeedNotWait() {
    configure("route: {receiver: r, group_wait: 30s}");
    assertThat(accept(firing("a", now - 30_001, "alertname", "A")))
        .containsExactly("a/triggered/r");
  }

  @Test
  void ofWhatBeganAndEndedWhileItsGroupWaitedNothingIsSaid() {
    configure("route: {receiver: r, group_wait: 30s}");
    Alert alert = firing("a", now, "alertname", "A");
    accept(alert);
    pass(10_000);
    accept(resolved(alert, now));
    assertThat(pass(HOUR)).isEmpty();
    assertThat(dispatcher.size()).isZero();
  }

  @Test
  void resolvedIsSaidAtTheGroupsNextTime() {
    configure("route: {receiver: r, group_wait: 0s, group_interval: 5m}");
    Alert alert = firing("a", now, "alertname", "A");
    assertThat(accept(alert)).containsExactly("a/triggered/r");
    pass(MINUTE);
    assertThat(accept(resolved(alert, now))).isEmpty();
    assertThat(pass(4 * MINUTE - 1)).isEmpty();
    assertThat(pass(1)).containsExactly("a/resolved/r");
    assertThat(pass(10 * HOUR)).isEmpty();
  }

  @Test
  void whatStillFiresIsRepeatedTogetherAfterTheRepeatInterval() {
    configure("route: {receiver: r, group_wait: 0s, group_interval: 5m, repeat_interval: 1h}");
    assertThat(accept(firing("a", now, "alertname", "A"))).containsExactly("a/triggered/r");
    pass(30 * MINUTE - 1);
    accept(firing("b", now, "alertname", "B"));
    assertThat(pass(1)).containsExactly("b/triggered/r");
    assertThat(pass(30 * MINUTE)).containsExactly("a/triggered/r/2", "b/triggered/r/2");
    assertThat(pass(59 * MINUTE)).isEmpty();
    assertThat(pass(MINUTE)).containsExactly("a/triggered/r/3", "b/triggered/r/3");
  }

  @Test
  void aGroupIntervalOfZeroSaysChangesAtOnceAndRepeatsAllTheSame() {
    configure("route: {receiver: r, group_wait: 0s, group_interval: 0s, repeat_interval: 1h}");
    Alert a = firing("a", now, "alertname", "A");
    assertThat(accept(a)).containsExactly("a/triggered/r");
    assertThat(accept(firing("b", now, "alertname", "B"))).containsExactly("b/triggered/r");
    assertThat(pass(HOUR)).containsExactly("a/triggered/r/2", "b/triggered/r/2");
    assertThat(accept(resolved(a, now))).containsExactly("a/resolved/r");
  }

  @Test
  void aRestartDoesNotRepeatBeforeTheIntervalIsOver() {
    String yaml = "route: {receiver: r, group_wait: 0s, group_interval: 5m, repeat_interval: 1h}";
    configure(yaml);
    dispatcher.remember("a", "triggered/r", now - 30 * MINUTE, 3);
    assertThat(accept(firing("a", now - 10 * HOUR, "alertname", "A"))).isEmpty();
    assertThat(pass(30 * MINUTE - 1)).isEmpty();
    assertThat(pass(1)).containsExactly("a/triggered/r/5");
  }

  @Test
  void aSilenceHoldsBackUntilItEnds() {
    dispatcher.put(List.of(silence("s", Matcher.equal("alertname", "A"), 0, HOUR)), now);
    Alert a = firing("a", now, "alertname", "A");
    Alert gone = firing("gone", now, "alertname", "A", "x", "1");
    assertThat(accept(a, gone, firing("b", now, "alertname", "B"))).containsExactly("b/triggered");
    assertThat(view("A").state()).isEqualTo(AlertView.State.SUPPRESSED);
    assertThat(view("A").silencedBy()).containsExactly("s");
    pass(MINUTE);
    assertThat(accept(resolved(gone, now))).isEmpty();
    assertThat(pass(59 * MINUTE - 1)).isEmpty();
    assertThat(pass(1)).containsExactly("a/triggered");
    assertThat(view("A").state()).isEqualTo(AlertView.State.ACTIVE);
  }

  @Test
  void aSilenceToComeHoldsFromItsStart() {
    dispatcher.put(List.of(silence("s", Matcher.equal("job", "x"), MINUTE, HOUR)), now);
    assertThat(accept(firing("a", now, "alertname", "A", "job", "x")))
        .containsExactly("a/triggered");
    pass(MINUTE);
    assertThat(accept(firing("b", now, "alertname", "B", "job", "x"))).isEmpty();
    dispatcher.put(List.of(silence("s", Matcher.equal("job", "x"), 0, 0)), now);
    assertThat(ids(dispatcher.turn())).containsExactly("b/triggered");
  }

  @Test
  void anEndThatASilenceHeldBackIsSaidWhenItEnds() {
    Alert a = firing("a", now, "alertname", "A");
    accept(a);
    dispatcher.put(List.of(silence("s", Matcher.equal("alertname", "A"), 0, HOUR)), now);
    assertThat(accept(resolved(a, now))).isEmpty();
    assertThat(pass(HOUR)).containsExactly("a/resolved");
    assertThat(dispatcher.size()).isZero();
  }

  @Test
  void whatIsInhibitedIsSaidWhenItsSourceIsOver() {
    configure(
        """
        inhibit_rules:
          - source_matchers: [severity="critical"]
            target_matchers: [severity="warning"]
            equal: [service]
        """);
    Alert source = firing("s", now, "alertname", "Down", "severity", "critical", "service", "x");
    Alert target = firing("t", now, "alertname", "Slow", "severity", "warning", "service", "x");
    Alert other = firing("o", now, "alertname", "Slow", "severity", "warning", "service", "y");
    assertThat(accept(target, source, other)).containsExactly("s/triggered", "o/triggered");
    assertThat(view("Slow").inhibitedBy()).containsExactly(source.fingerprint());
    assertThat(accept(resolved(source, now))).containsExactly("s/resolved", "t/triggered");
  }

  @Test
  void anAlertThatIsSourceAndTargetIsNotInhibitedByAnotherSuch() {
    configure(
        """
        inhibit_rules:
          - source_matchers: [a="1"]
            target_matchers: [b="1"]
        """);
    Alert both = firing("both", now, "alertname", "A", "a", "1", "b", "1");
    Alert alsoBoth = firing("also", now, "alertname", "B", "a", "1", "b", "1");
    Alert onlyTarget = firing("target", now, "alertname", "C", "b", "1");
    assertThat(accept(both, alsoBoth, onlyTarget))
        .containsExactly("both/triggered", "also/triggered");
    assertThat(accept(firing("source", now, "alertname", "D", "a", "1"), resolved(both, now)))
        .containsExactly("source/triggered");
  }

  @Test
  void aRouteIsMutedInItsTimesAndSaysAfterwardsWhatItHeldBack() {
    configure(
        """
        route:
          receiver: r
          repeat_interval: 0s
          routes:
            - matchers: [team="day"]
              receiver: day
              group_wait: 0s
              active_time_intervals: [office]
            - matchers: [team="night"]
              receiver: night
              group_wait: 0s
              mute_time_intervals: [office]
        time_intervals:
          - name: office
            time_intervals:
              - weekdays: ['monday:friday']
                times: [{start_time: '09:00', end_time: '17:00'}]
        """);
    assertThat(
            accept(
                firing("d", now, "alertname", "A", "team", "day"),
                firing("n", now, "alertname", "A", "team", "night")))
        .containsExactly("d/triggered/day");
    assertThat(dispatcher.views(now).get(1).mutedBy()).containsExactly("office");
    assertThat(pass(7 * HOUR - 1)).isEmpty();
    assertThat(pass(1)).containsExactly("n/triggered/night");
    assertThat(accept(firing("d2", now, "alertname", "B", "team", "day"))).isEmpty();
    assertThat(pass(16 * HOUR - 1)).isEmpty();
    assertThat(pass(1)).containsExactly("d2/triggered/day");
  }

  @Test
  void continueLeadsToFurtherReceiversAndEachHearsOnce() {
    configure(
        """
        route:
          receiver: root
          group_wait: 0s
          group_interval: 0s
          repeat_interval: 0s
          routes:
            - matchers: [severity="page"]
              receiver: pager
              continue: true
            - matchers: [service=~"x|y"]
              receiver: chat
            - receiver: never
              matchers: [severity="page"]
        """);
    Alert alert = firing("a", now, "alertname", "A", "severity", "page", "service", "x");
    assertThat(accept(alert)).containsExactly("a/triggered/pager", "a/triggered/chat");
    assertThat(dispatcher.views(now).getFirst().receivers()).containsExactly("pager", "chat");
    assertThat(accept(firing("b", now, "alertname", "B"))).containsExactly("b/triggered/root");
    assertThat(accept(resolved(alert, now))).containsExactly("a/resolved/pager", "a/resolved/chat");
  }

  @Test
  void aClockThatIsSetBackHoldsNothingBackForLongerThanTheRouteWants() {
    configure(
        "route: {receiver: r, group_by: [job], group_wait: 30s, group_interval: 5m, repeat_interval:"
            + " 4h}");
    accept(firing("a", now, "alertname", "A", "job", "x"));
    now -= HOUR;
    dispatcher.advance(now);
    assertThat(pass(30_000)).containsExactly("a/triggered/r");
    accept(firing("b", now, "alertname", "B", "job", "x"));
    now -= HOUR;
    dispatcher.advance(now);
    assertThat(pass(5 * MINUTE)).containsExactly("b/triggered/r");
    now -= HOUR;
    dispatcher.advance(now);
    assertThat(pass(4 * HOUR + 5 * MINUTE))
        .containsExactlyInAnyOrder("a/triggered/r/2", "b/triggered/r/2");
  }

  @Test
  void aSilenceHoldsAgainWhereTheClockWasSetBackToBeforeItsEnd() {
    dispatcher.put(List.of(silence("s", Matcher.equal("alertname", "A"), 0, HOUR)), now);
    pass(HOUR);
    now -= 30 * MINUTE;
    assertThat(accept(firing("a", now, "alertname", "A"))).isEmpty();
    assertThat(pass(30 * MINUTE)).containsExactly("a/triggered");
  }

  @Test
  void whatIsSaidHasTheValueThatTheAlertHasThen() {
    AlertsConfig config =
        AlertsConfigs.parse(
            "route: {receiver: r, group_by: [job], group_wait: 30s, group_interval: 5m,"
                + " repeat_interval: 1h}");
    double[] value = {1};
    dispatcher =
        new Dispatcher(config, alert -> alert.seen(value[0], Labels.of("summary", "s" + value[0])));
    accept(firing("a", now, "alertname", "A", "job", "x"));
    value[0] = 2;
    assertThat(valuesIn(30_000)).containsExactly(2.0);
    value[0] = 3;
    assertThat(dispatcher.views(now).getFirst().value()).isEqualTo(3);
    assertThat(dispatcher.views(now).getFirst().annotations().get("summary")).isEqualTo("s3.0");
    assertThat(valuesIn(70 * MINUTE)).containsExactly(3.0);
  }

  private List<Double> valuesIn(long millis) {
    List<Double> values = new ArrayList<>();
    long until = now + millis;
    while (dispatcher.nextMillis() <= until) {
      now = Math.max(now, dispatcher.nextMillis());
      dispatcher.advance(now);
      for (Turn.Step step : dispatcher.turn().steps) {
        if (step instanceof Turn.Say say) {
          values.add(say.announcement().alert().value());
        }
      }
      dispatcher.turn().steps.clear();
    }
    now = until;
    return values;
  }

  @Test
  void nothingIsSaidOfAnAlertThatIsAboutToBeOverUntilItIsHandedIn() {
    configure("route: {receiver: r, group_by: [job], group_wait: 30s, group_interval: 5m}");
    Alert a = firing("a", now, "alertname", "A", "job", "x");
    accept(a);
    dispatcher.end(List.of("a"));
    assertThat(pass(30_000)).isEmpty();
    assertThat(accept(resolved(a, now))).isEmpty();
    assertThat(pass(5 * MINUTE)).isEmpty();
    assertThat(dispatcher.size()).isZero();
    Alert b = firing("b", now, "alertname", "B", "job", "y");
    accept(b);
    dispatcher.end(List.of("b"));
    accept(b); // it could not be made durable, and is reported again
    assertThat(pass(30_000)).containsExactly("b/triggered/r");
  }

  @Test
  void whatFindsNoMemoryIsSaidLater() {
    AlertsConfig config = AlertsConfigs.parse("{}");
    int[] left = {0};
    dispatcher =
        new Dispatcher(
            config,
            alert -> {
              if (alert.id().equals("b") && left[0]-- > 0) {
                throw new OutOfMemoryError("for now");
              }
              return alert;
            });
    Alert a = firing("a", now, "alertname", "A");
    Alert b = firing("b", now, "alertname", "B");
    left[0] = 1;
    assertThatThrownBy(() -> accept(a, b)).isInstanceOf(OutOfMemoryError.class);
    assertThat(accept(a, b)).containsExactly("a/triggered", "b/triggered");
    accept(resolved(a, now));

    dispatcher =
        new Dispatcher(
            AlertsConfigs.parse(
                "route: {receiver: r, group_by: [job], group_wait: 30s, group_interval: 5m}"),
            alert -> {
              if (left[0]-- > 0) {
                throw new OutOfMemoryError("for now");
              }
              return alert;
            });
    accept(a);
    left[0] = 1;
    now += 30_000;
    assertThatThrownBy(() -> dispatcher.advance(now)).isInstanceOf(OutOfMemoryError.class);
    assertThat(pass(0)).containsExactly("a/triggered/r");
    left[0] = 1;
    Alert c = firing("c", now, "alertname", "C");
    accept(c);
    now += 5 * MINUTE;
    assertThatThrownBy(() -> dispatcher.advance(now)).isInstanceOf(OutOfMemoryError.class);
    assertThat(pass(0)).containsExactly("c/triggered/r");
  }
}
