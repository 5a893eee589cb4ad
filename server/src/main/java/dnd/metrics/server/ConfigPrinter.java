package dnd.metrics.server;

import dnd.metrics.events.Durations;
import dnd.metrics.server.announce.route.AlertsConfigText;
import dnd.metrics.server.hub.embedded.HubOptions;
import dnd.metrics.server.hub.embedded.HubTls;
import dnd.metrics.server.hub.embedded.HubUser;
import dnd.metrics.server.hub.embedded.SubjectPermission;
import dnd.metrics.server.rules.RuleDefaults;
import dnd.metrics.server.storage.ObjectSettings;
import dnd.metrics.server.storage.Retention;
import dnd.metrics.server.storage.request.RetentionText;
import dnd.metrics.server.yaml.Sizes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * Writes a {@link Config} as the YAML that {@link ConfigReader} reads, with every setting in it.
 * Secrets are masked: they show as {@code ***}.
 */
public final class ConfigPrinter {
  private static final String MASKED = "***";

  private ConfigPrinter() {}

  public static String print(Config config) {
    Map<String, Object> root = new LinkedHashMap<>();
    Map<String, Object> service = new LinkedHashMap<>();
    service.put("name", config.serviceName());
    service.put("operators", config.operators());
    root.put("service", service);
    root.put("message_hub", hub(config));
    root.put("limits", limits(config));
    root.put("queries", queries(config));
    root.put("storage", storage(config.storage()));
    root.put("rules", rules(config.rules()));
    root.put("alerts", AlertsConfigText.toMap(config.alerts()));
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setIndicatorIndent(2)
            .setIndentWithIndicator(true)
            .build();
    return new Dump(settings).dumpToString(root);
  }

  private static Map<String, Object> hub(Config config) {
    HubOptions hub = config.hub();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("listen", new ListenAddress(hub.host(), hub.port()).toString());
    if (!config.subjectPatterns().isEmpty()) {
      map.put("subscriptions", config.subjectPatterns());
    }
    map.put("max_payload", Sizes.format(hub.maxPayloadBytes()));
    map.put("max_connections", hub.maxConnections());
    map.put("max_subscriptions", hub.maxSubscriptions());
    map.put("max_pending", Sizes.format(hub.maxPendingBytes()));
    map.put("write_deadline", text(hub.writeDeadline()));
    map.put("ping_interval", text(hub.pingInterval()));
    map.put("ping_max", hub.maxPingsOut());
    map.put("auth_timeout", text(hub.authTimeout()));
    List<Object> users = new ArrayList<>();
    for (HubUser user : hub.users()) {
      users.add(user(user));
    }
    if (!users.isEmpty()) {
      map.put("users", users);
    }
    if (hub.token() != null) {
      map.put("token", MASKED);
    }
    HubTls tls = hub.tls();
    if (tls != null) {
      Map<String, Object> files = new LinkedHashMap<>();
      files.put("cert_file", tls.certFile().toString());
      files.put("key_file", tls.keyFile().toString());
      files.put("handshake_first", tls.handshakeFirst());
      map.put("tls", files);
    }
    map.put("allow_insecure", hub.allowInsecure());
    return map;
  }

  private static Map<String, Object> user(HubUser user) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("user", user.name());
    map.put("password", MASKED);
    Map<String, Object> permissions = new LinkedHashMap<>();
    permission(permissions, "publish", user.permissions().publish());
    permission(permissions, "subscribe", user.permissions().subscribe());
    if (!permissions.isEmpty()) {
      map.put("permissions", permissions);
    }
    return map;
  }

  private static void permission(
      Map<String, Object> permissions, String key, SubjectPermission permission) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (permission.allow() != null) {
      map.put("allow", permission.allow());
    }
    if (!permission.deny().isEmpty()) {
      map.put("deny", permission.deny());
    }
    if (!map.isEmpty()) {
      permissions.put(key, map);
    }
  }

  private static Map<String, Object> limits(Config config) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("series_per_service", config.head().seriesLimitPerService());
    map.put("senders_per_service", config.head().senderLimitPerService());
    map.put("metrics_per_event", config.ingest().maxMetricsPerEvent());
    map.put("labels_per_series", config.ingest().maxLabelsPerSeries());
    map.put("name_length", config.ingest().maxNameChars());
    map.put("label_value_length", config.ingest().maxLabelValueChars());
    map.put("buckets_per_histogram", config.ingest().maxBuckets());
    map.put("out_of_order_window", text(config.head().outOfOrderWindow()));
    map.put("future_tolerance", text(config.head().futureTolerance()));
    return map;
  }

  private static Map<String, Object> queries(Config config) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("timeout", Durations.format(config.engine().timeoutMillis()));
    map.put("default_timeout", Durations.format(config.queries().timeoutMillis()));
    map.put("max_running", config.queries().maxRunning());
    map.put("max_queued", config.queries().maxQueued());
    map.put("max_steps", config.queries().maxSteps());
    map.put("lookback", Durations.format(config.engine().lookbackMillis()));
    map.put("subquery_step", Durations.format(config.engine().subqueryStepMillis()));
    map.put("samples_per_query", config.engine().sampleLimit());
    map.put("memory_per_query", Sizes.format(config.engine().queryMemoryBytes()));
    map.put("memory_total", Sizes.format(config.engine().totalMemoryBytes()));
    return map;
  }

  private static Map<String, Object> storage(StorageSettings storage) {
    Map<String, Object> tables = new LinkedHashMap<>();
    storage
        .tables()
        .forEach((name, settings) -> {
          Map<String, Object> table = new LinkedHashMap<>();
          table.put("ttl", settings.ttl().map(ConfigPrinter::text).orElse("none"));
          table.put("backup", settings.backup());
          tables.put(name, table);
        });
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("database", storage.database().toString());
    map.put("schema", storage.schema());
    map.put("retention", RetentionText.print(storage.retention()));
    ObjectSettings objects = storage.objects();
    map.put("objects", objects.address().map(Object::toString).orElse("none"));
    map.put("objects_cache", Sizes.format(objects.cacheBytes()));
    map.put(
        "local",
        RetentionText.print(new Retention(objects.localMillis(), objects.localBytes(), List.of())));
    Map<String, Object> downsampling = new LinkedHashMap<>();
    storage
        .downsampling()
        .keptMillis()
        .forEach((resolution, kept) ->
            downsampling.put(
                Durations.format(resolution),
                kept == Retention.FOR_EVER ? "none" : Durations.format(kept)));
    if (!downsampling.isEmpty()) {
      map.put("downsampling", downsampling);
    }
    map.put("tables", tables);
    return map;
  }

  private static Map<String, Object> rules(RuleDefaults rules) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("evaluation_interval", Durations.format(rules.intervalMillis()));
    map.put("query_offset", Durations.format(rules.queryOffsetMillis()));
    if (!rules.externalLabels().isEmpty()) {
      map.put("external_labels", rules.externalLabels().toMap());
    }
    if (!rules.externalUrl().isEmpty()) {
      map.put("external_url", rules.externalUrl());
    }
    return map;
  }

  private static String text(Duration duration) {
    return Durations.format(duration.toMillis());
  }
}
