package dnd.metrics.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.database.DatabaseAddress;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.hub.embedded.HubOptions;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.rules.RuleDefaults;
import dnd.metrics.server.storage.Retention;
import dnd.metrics.server.storage.RetentionRule;
import dnd.metrics.server.yaml.YamlException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigReaderTest {
  /** As the seed document has it. */
  private static final String SEED_SERVICE =
      """
      service:
        name: metrics_service
        message_hub:
          required: true
          events:
            - "*.metrics.*"
            - "*.alerts.*"
            - "*.dashboards.*"
        storage:
          schema: metrics_db
          tables:
            - metadata
            - alerts
            - dashboards
      """;

  /** As the seed document has it. */
  private static final String SEED_STORAGE =
      """
      storage:
        schema: metrics_db
        tables:
          metadata:
            ttl: none
            backup: true
          alerts:
            ttl: 180d
            backup: true
          dashboards:
            ttl: none
            backup: true
      """;

  /** As the seed document has it. */
  private static final String SEED_SUBSCRIPTIONS =
      """
      message_hub:
        subscriptions:
          - "*.metrics.push"
          - "*.metrics.report"
      """;

  private static Config parse(String text) throws YamlException {
    return new ConfigReader(Map.of("HUB_PASSWORD", "s3cret")).parse("metrics.yaml", text);
  }

  private static void assertRefused(String text, String... lines) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(YamlException.class)
        .hasMessage(String.join("\n", lines));
  }

  @Test
  void theSeedsSnippetsLoadAsTheyStand() throws YamlException {
    assertThat(parse(SEED_SERVICE).subjectPatterns())
        .containsExactly("*.metrics.*", "*.alerts.*", "*.dashboards.*");
    assertThat(parse(SEED_STORAGE).storage().tables().get("alerts"))
        .isEqualTo(new TableSettings(Optional.of(Duration.ofDays(180)), true));
    assertThat(parse(SEED_SUBSCRIPTIONS).subjectPatterns())
        .containsExactly("*.metrics.push", "*.metrics.report");
  }

  @Test
  void theSeedsSnippetsLoadTogether() throws YamlException {
    Config config = parse(SEED_SERVICE + SEED_STORAGE + SEED_SUBSCRIPTIONS);
    assertThat(config.serviceName()).isEqualTo("metrics_service");
    assertThat(config.storage()).isEqualTo(StorageSettings.defaults());
    assertThat(config.subjectPatterns())
        .containsExactly(
            "*.metrics.*", "*.alerts.*", "*.dashboards.*", "*.metrics.push", "*.metrics.report");
  }

  @Test
  void anEmptyFileIsTheDefaults() throws YamlException {
    Config config = parse("# nothing\n");
    assertThat(config.hub().port()).isEqualTo(4222);
    assertThat(config.hub().host()).isEqualTo("127.0.0.1");
    assertThat(config.head()).isEqualTo(Config.defaults().head());
    assertThat(config.subjectPatterns()).isEmpty();
  }

  @Test
  void theHubsSettingsAreRead() throws YamlException {
    HubOptions hub =
        parse(
                """
                message_hub:
                  listen: "[::1]:0"
                  max_payload: 8MiB
                  token: ${HUB_PASSWORD}!
                  users:
                    - user: combat
                      password: ${HUB_PASSWORD}
                      permissions:
                        publish: {allow: ["combat.>"]}
                        subscribe: {deny: [">"]}
                  tls: {cert_file: hub.crt, key_file: hub.key}
                  allow_insecure: true
                """)
            .hub();
    assertThat(hub.host()).isEqualTo("::1");
    assertThat(hub.port()).isZero();
    assertThat(hub.maxPayloadBytes()).isEqualTo(8 << 20);
    assertThat(hub.token()).isEqualTo("s3cret!");
    assertThat(hub.allowInsecure()).isTrue();
    assertThat(hub.tls()).isNotNull();
    assertThat(hub.users()).hasSize(1);
    assertThat(hub.users().get(0).password()).isEqualTo("s3cret");
    assertThat(hub.users().get(0).permissions().publish().allow()).isEqualTo(List.of("combat.>"));
    assertThat(hub.users().get(0).permissions().subscribe().allow()).isNull();
  }

  @Test
  void anUnknownKeyIsToldWithItsLineAndTheNearestKnownOne() {
    assertRefused(
        "message_hub:\n  subscriptons:\n    - \"*.metrics.push\"\n",
        "metrics.yaml:2: unknown key 'subscriptons' in message_hub; did you mean 'subscriptions'?");
    assertRefused(
        "sevice:\n  name: x\n", "metrics.yaml:1: unknown key 'sevice'; did you mean 'service'?");
    assertRefused(
        "storage:\n  tables:\n    alert:\n      ttl: 1d\n",
        "metrics.yaml:4: unknown table 'alert'; did you mean 'alerts'?");
    assertRefused(
        "quantum: 1\n",
        "metrics.yaml:1: unknown key 'quantum'; known: alerts, limits, message_hub, queries, rules, service,"
            + " storage");
  }

  @Test
  void everyProblemIsTold() {
    assertRefused(
        """
        message_hub:
          listen: nowhere
          max_payload: 1 elephant
        limits:
          out_of_order_window: soon
          series_per_service: 0
          senders_per_service: 0
          name_length: 801
        """,
        "metrics.yaml:2: message_hub.listen: 'nowhere' is not HOST:PORT, such as 127.0.0.1:4222 or"
            + " [::1]:4222",
        "metrics.yaml:3: message_hub.max_payload must be a size such as 65536, 64KiB or 1MiB, from"
            + " 1024 to 67108864 bytes, not '1 elephant'",
        "metrics.yaml:5: limits.out_of_order_window must be a duration such as 30s, 1h30m or"
            + " 250ms, not 'soon'",
        "metrics.yaml:6: limits.series_per_service must be a whole number from 1 to 100000000, not"
            + " '0'",
        "metrics.yaml:7: limits.senders_per_service must be a whole number from 1 to 100000000, not"
            + " '0'",
        "metrics.yaml:8: limits.name_length must be a whole number from 1 to 800, not '801'");
  }

  @Test
  void wrongKindsAreTold() {
    assertRefused(
        "message_hub: 4222\n",
        "metrics.yaml:1: message_hub must be a mapping (key: value), not '4222'");
    assertRefused(
        "message_hub:\n  allow_insecure: maybe\n",
        "metrics.yaml:2: message_hub.allow_insecure must be true or false, not 'maybe'");
    assertRefused(
        "message_hub:\n  subscriptions: all\n",
        "metrics.yaml:2: message_hub.subscriptions must be a list of texts, not 'all'");
    assertRefused("- a\n- b\n", "metrics.yaml:1: the file must hold keys and values (key: value)");
  }

  @Test
  void keysGivenTwiceAreTold() {
    assertRefused(
        "limits:\n  series_per_service: 5\n  series_per_service: 6\n",
        "metrics.yaml:3: key 'series_per_service' is given twice in limits, first at line 2");
    assertRefused(
        "message_hub:\n  users:\n    - {user: a, password: b}\n    - {user: a, password: c}\n",
        "metrics.yaml:4: hub user 'a' is given twice");
  }

  @Test
  void whatIsNoYamlIsToldWithItsLine() {
    assertThatThrownBy(() -> parse("message_hub:\n  subscriptions:\n    - *.metrics.push\n"))
        .isInstanceOf(YamlException.class)
        .hasMessageStartingWith("metrics.yaml:3: not YAML: ")
        .hasMessageContaining("must be quoted");
  }

  @Test
  void aMissingVariableAndAMissingHubAreRefused() {
    assertRefused(
        "message_hub:\n  token: ${NOT_SET}\n",
        "metrics.yaml:2: message_hub.token: the environment variable NOT_SET is not set");
    assertRefused(
        "service:\n  message_hub:\n    required: false\n",
        "metrics.yaml:3: service.message_hub.required must be true: the hub is the only way in");
    assertRefused(
        "service:\n  storage: {schema: a}\nstorage: {schema: b}\n",
        "metrics.yaml:3: storage.schema is 'b', but service.storage.schema is 'a'");
  }

  @Test
  void whatIsPrintedHasNoSecretsAndReadsBackAsTheSame() throws YamlException {
    Config config =
        parse(
            SEED_SERVICE
                + SEED_STORAGE
                + """
                message_hub:
                  listen: 127.0.0.1:5222
                  token: ${HUB_PASSWORD}
                  users:
                    - {user: combat, password: "${HUB_PASSWORD}", permissions: {publish: {allow: ["combat.>"]}}}
                limits: {out_of_order_window: 10m, senders_per_service: 7}
                queries: {timeout: 1m30s}
                """);
    String printed = ConfigPrinter.print(config);
    assertThat(printed).doesNotContain("s3cret").contains("***", "timeout: 1m30s");
    Config again = parse(printed);
    assertThat(ConfigPrinter.print(again)).isEqualTo(printed);
    assertThat(again.head()).isEqualTo(config.head());
    assertThat(again.head().senderLimitPerService()).isEqualTo(7);
    assertThat(again.storage()).isEqualTo(config.storage());
    assertThat(again.subjectPatterns()).isEqualTo(config.subjectPatterns());
    assertThat(again.hub().port()).isEqualTo(5222);
  }

  @Test
  void theDatabaseIsReadAndItsPasswordStaysOutOfErrorsAndPrints() throws YamlException {
    Config config =
        parse(
            "storage: {database: 'postgresql://m%40x:${HUB_PASSWORD}@db:5433,[::1]/metrics"
                + "?sslmode=verify-full', tables: {alerts: {ttl: 30d, backup: false}}}");
    assertThat(config.storage().database())
        .isEqualTo(
            new DatabaseAddress.PostgreSql(
                "db:5433,[::1]", "metrics", "m@x", "s3cret", Map.of("sslmode", "verify-full")));
    assertThat(config.storage().ttl())
        .isEqualTo(Map.of("alerts", Duration.ofDays(30), "announcements", Duration.ofDays(30)));
    assertThat(config.storage().of(Table.ANNOUNCEMENTS).backup()).isFalse();
    assertThat(ConfigPrinter.print(config)).contains(":***@db:5433").doesNotContain("s3cret");
    assertRefused(
        "storage:\n  database: mysql://u:${HUB_PASSWORD}@h/d\n",
        "metrics.yaml:2: storage.database: is neither sqlite nor of the form"
            + " postgresql://user:password@host:5432/database (in user and password, / : @ and % are"
            + " written %2F %3A %40 %25)");
    assertRefused(
        "storage:\n  database: postgresql://h/d?tls=on\n",
        "metrics.yaml:2: storage.database: 'tls' is no option of a database; known:"
            + " [application_name, sslcert, sslkey, sslmode, sslrootcert]");
  }

  @Test
  void whatHoldsForAllRulesIsRead() throws YamlException {
    RuleDefaults rules =
        parse(
                """
                rules:
                  evaluation_interval: 15s
                  query_offset: 2s
                  external_labels: {cluster: blue, replica: "${HUB_PASSWORD}-1"}
                  external_url: https://metrics.example.org/dnd/
                """)
            .rules();
    assertThat(rules)
        .isEqualTo(
            new RuleDefaults(
                15_000,
                2_000,
                Labels.of("cluster", "blue", "replica", "s3cret-1"),
                "https://metrics.example.org/dnd"));
    assertThat(parse("").rules()).isEqualTo(RuleDefaults.PROMETHEUS);
  }

  @Test
  void whatRulesCannotHaveIsRefused() {
    assertRefused(
        """
        rules:
          evaluation_interval: 0s
          external_labels: {__name__: x, replica: "${NONE}"}
          external_url: metrics.example.org
        """,
        "metrics.yaml:2: rules.evaluation_interval must be a duration such as 30s, 1h30m or 250ms,"
            + " not '0s'",
        "metrics.yaml:3: '__name__' cannot be an external label",
        "metrics.yaml:3: rules.external_labels.replica: the environment variable NONE is not set",
        "metrics.yaml:4: rules.external_url: 'metrics.example.org' is no URL such as"
            + " https://metrics.example.org/prometheus");
  }

  @Test
  void downsampledBlocksAreKeptByResolution() throws YamlException {
    Config config = parse("storage:\n  downsampling: {5m: 90d, 1h: none}\n");
    assertThat(config.storage().downsampling().keptMillis())
        .isEqualTo(
            Map.of(300_000L, Duration.ofDays(90).toMillis(), 3_600_000L, Retention.FOR_EVER));
    assertThat(parse(ConfigPrinter.print(config)).storage()).isEqualTo(config.storage());
    assertRefused(
        "storage:\n  downsampling:\n    minutes: 1d\n    5m: soon\n",
        "metrics.yaml:3: unknown key 'minutes' in storage.downsampling; known: 1h, 5m",
        "metrics.yaml:4: storage.downsampling.5m: 'soon' is neither none nor a duration such as"
            + " 180d");
  }

  @Test
  void retentionIsByTimeBySizeAndByRule() throws YamlException {
    Config config =
        parse(
            """
            storage:
              retention:
                time: 30d
                size: 2GiB
                rules:
                  - {match: '{service="combat"}', time: 7d}
                  - {match: '{__name__=~"slo:.*"}', time: none}
            """);
    Retention retention = config.storage().retention();
    assertThat(retention.keptMillis()).isEqualTo(Duration.ofDays(30).toMillis());
    assertThat(retention.mostBytes()).isEqualTo(2L << 30);
    assertThat(retention.rules())
        .containsExactly(
            new RetentionRule(
                List.of(Matcher.equal("service", "combat")), Duration.ofDays(7).toMillis()),
            new RetentionRule(
                List.of(new Matcher(Matcher.Type.REGEX, "__name__", "slo:.*")),
                Retention.FOR_EVER));
    assertThat(parse(ConfigPrinter.print(config)).storage()).isEqualTo(config.storage());
    assertRefused(
        "storage:\n  retention:\n    rules:\n      - {match: '{a', time: 1d}\n",
        "metrics.yaml:4: storage.retention.rules[0].match: '{a' is no selector: 1:3: parse error:"
            + " unexpected end of input inside braces");
    assertRefused(
        "storage:\n  retention:\n    time: long\n    rules:\n      - {time: 1d}\n",
        "metrics.yaml:3: storage.retention.time: 'long' is neither none nor a duration such as"
            + " 15d",
        "metrics.yaml:5: a rule of retention needs match and time");
  }
}
