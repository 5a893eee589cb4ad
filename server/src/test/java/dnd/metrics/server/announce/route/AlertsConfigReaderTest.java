package dnd.metrics.server.announce.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.yaml.YamlException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;

class AlertsConfigReaderTest {
  private static final String FULL =
      """
      global:
        resolve_timeout: 10m
      receivers:
        - name: default
        - name: team-x
        - name: pager
      route:
        receiver: default
        group_by: [alertname, service]
        group_wait: 10s
        group_interval: 1m
        repeat_interval: 3h
        routes:
          - matchers:
              - severity="page"
              - service=~"a|b"
            receiver: pager
            group_by: ['...']
            continue: true
            active_time_intervals: [office]
          - match:
              team: x
            match_re:
              service: (foo|bar)
            receiver: team-x
            mute_time_intervals: [holidays]
            routes:
              - matchers: ['{"näme"="x", severity!="info"}']
                group_by: []
                repeat_interval: 1h
      inhibit_rules:
        - name: down
          source_matchers: [severity="critical"]
          target_match:
            severity: warning
          equal: [service, instance]
      time_intervals:
        - name: office
          time_intervals:
            - weekdays: ['monday:friday']
              times:
                - start_time: '08:00'
                  end_time: '24:00'
              location: Europe/Berlin
        - name: holidays
          time_intervals:
            - days_of_month: ['24:26', '-1']
              months: [december]
            - days_of_month: ['1']
              months: ['1:2']
              years: ['2026:2030']
      """;

  @Test
  void readsWhatAlertmanagerReads() throws YamlException {
    AlertsConfig config = AlertsConfigs.read(FULL);
    assertThat(config.resolveTimeoutMillis()).isEqualTo(600_000);
    assertThat(config.receivers()).containsExactly("default", "team-x", "pager");
    Route pager = config.route().routes().getFirst();
    assertThat(pager.key()).isEqualTo("{}/{service=~\"a|b\",severity=\"page\"}");
    assertThat(pager.groupByAll()).isTrue();
    assertThat(pager.groupWaitMillis()).isEqualTo(10_000);
    Route inner = config.route().routes().get(1).routes().getFirst();
    assertThat(inner.receiver()).isEqualTo("team-x");
    assertThat(inner.groupBy()).isEmpty();
    assertThat(inner.repeatIntervalMillis()).isEqualTo(3_600_000);
    assertThat(inner.muteTimeIntervals()).isEmpty();

    assertThat(receivers(config, "severity", "page", "service", "a")).containsExactly("pager");
    assertThat(receivers(config, "team", "x", "service", "foo")).containsExactly("team-x");
    assertThat(receivers(config, "team", "x", "service", "fool")).containsExactly("default");
  }

  private static List<String> receivers(AlertsConfig config, String... labels) {
    return config.route().match(Labels.of(labels)).stream().map(Route::receiver).toList();
  }

  @Test
  void whatIsWrittenIsReadAsTheSame() throws YamlException {
    AlertsConfig config = AlertsConfigs.read(FULL);
    String written =
        new Dump(DumpSettings.builder().build()).dumpToString(AlertsConfigText.toMap(config));
    assertThat(AlertsConfigs.read(written)).isEqualTo(config);
    String defaults =
        new Dump(DumpSettings.builder().build())
            .dumpToString(AlertsConfigText.toMap(AlertsConfig.DEFAULT));
    assertThat(AlertsConfigs.read(defaults)).isEqualTo(AlertsConfig.DEFAULT);
  }

  @Test
  void theExampleOfTheOperationsDocumentIsRead() throws Exception {
    String document = Files.readString(Path.of("..", "docs", "operations.md"));
    int from = document.indexOf("    alerts:\n") + "    alerts:\n".length();
    String example = document.substring(from, document.indexOf("\n\n", from)).indent(-6);
    AlertsConfig config = AlertsConfigs.read(example);
    assertThat(receivers(config, "severity", "page")).containsExactly("pager");
    assertThat(config.route().routes()).hasSize(2);
    assertThat(config.inhibitRules()).hasSize(1);
    assertThat(config.timeIntervals()).containsKey("weekends");
  }

  @Test
  void whatIsNotSetIsAsInAlertmanager() throws YamlException {
    Route route = AlertsConfigs.read("route: {receiver: r}").route();
    assertThat(route.groupBy()).isEmpty();
    assertThat(route.groupByAll()).isFalse();
    assertThat(route.groupWaitMillis()).isEqualTo(30_000);
    assertThat(route.groupIntervalMillis()).isEqualTo(300_000);
    assertThat(route.repeatIntervalMillis()).isEqualTo(4 * 3_600_000);
  }

  @Test
  void everythingThatIsWrongIsToldWithItsLine() {
    String wrong =
        """
        global:
          resolve_timeout: soon
        receivers:
          - name: team
            webhook_configs: []
        route:
          receiver: teem
          matchers: [a="b"]
          group_by: ['...', x, x]
          group_wait: 3x
          routs: []
          routes:
            - matchers: [foo]
              mute_time_intervals: [weekend]
        inhibit_rules:
          - source_matchers: ['a=~"("']
            equals: [x]
        time_intervals:
          - name: office
            time_intervals:
              - weekdays: ['friday:monday']
                times: [{start_time: '9:00', end_time: '17:00'}]
                location: Middle/Earth
        """;
    assertThatThrownBy(() -> AlertsConfigs.read(wrong))
        .isInstanceOf(YamlException.class)
        .message()
        .contains(
            "alerts.yml:2: global.resolve_timeout must be a duration such as 30s, 1h30m or 250ms, not 'soon'")
        .contains("alerts.yml:5: a receiver is only a name here")
        .contains("alerts.yml:7: undefined receiver 'teem' used in route; did you mean 'team'?")
        .contains("alerts.yml:8: root route must not have any matchers")
        .contains("alerts.yml:9: duplicated label 'x' in group_by")
        .contains("alerts.yml:9: cannot have wildcard group_by")
        .contains(
            "alerts.yml:10: route.group_wait must be a duration such as 30s, 1h30m or 250ms, not '3x'")
        .contains("alerts.yml:11: unknown key 'routs' in route; did you mean 'routes'?")
        .contains("alerts.yml:13: 'foo' is no matcher: ")
        .contains("alerts.yml:14: undefined time interval 'weekend' used in route")
        .contains("alerts.yml:16: 'a=~\"(\"' is no matcher: failed to create matcher: ")
        .contains("alerts.yml:17: unknown key 'equals' in inhibit_rules[0]; did you mean 'equal'?")
        .contains("alerts.yml:21: weekdays: the end day is before the start day")
        .contains("alerts.yml:22: ")
        .contains("couldn't parse timestamp 9:00")
        .contains("alerts.yml:23: ")
        .contains("unknown time zone Middle/Earth");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-12-24T10:00:00Z, holidays, true",
    "2026-12-27T10:00:00Z, holidays, false",
    "2026-12-31T23:59:59Z, holidays, true",
    "2026-11-30T10:00:00Z, holidays, false",
    "2027-02-01T00:00:00Z, holidays, true",
    "2031-02-01T00:00:00Z, holidays, false",
    "2026-11-26T06:59:59Z, office, false",
    "2026-11-26T07:00:00Z, office, true",
    "2026-11-26T22:59:59Z, office, true",
    "2026-11-28T12:00:00Z, office, false",
  })
  void aTimeIsInAnIntervalOrNot(Instant time, String name, boolean expected) throws YamlException {
    AlertsConfig config = AlertsConfigs.read(FULL);
    boolean contains =
        config.timeIntervals().get(name).stream()
            .anyMatch(interval -> interval.contains(time.toEpochMilli()));
    assertThat(contains).isEqualTo(expected);
  }
}
