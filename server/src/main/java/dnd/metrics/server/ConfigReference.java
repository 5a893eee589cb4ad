package dnd.metrics.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Every setting that {@link ConfigReader} knows, with its default and what it sets: the table of
 * {@code docs/operations.md} and of {@code run --config-reference}. Tests hold it against the
 * reader and the document. In a key, {@code []} stands for each element of a list and {@code TABLE}
 * for each table of the storage service.
 */
public final class ConfigReference {
  /**
   * One setting.
   *
   * @param fallback what holds where it is not set; null: the value that the configuration without
   *     a file has, as {@link ConfigPrinter} writes it
   */
  private record Setting(String key, @Nullable String fallback, String meaning) {}

  private static final List<Setting> SETTINGS =
      List.of(
          setting("service.name", "the queue group in which instances share the work"),
          setting(
              "service.message_hub.required",
              "true",
              "may only be true: the hub is the only way in"),
          setting("service.message_hub.events", "all", "subject patterns to handle, see below"),
          setting(
              "service.operators",
              "services that may delete samples of others, see [Deletion](#deletion); `[]` for"
                  + " nobody"),
          setting("service.storage.schema", "as storage.schema", "must agree with it"),
          setting("service.storage.tables", "all", "names of tables, which are checked"),
          setting("message_hub.subscriptions", "all", "subject patterns to handle, see below"),
          setting("message_hub.listen", "host and port; port 0 takes any free one"),
          setting("message_hub.max_payload", "the largest message, at most 64 MiB"),
          setting("message_hub.users[].user", "none", "who may connect; without users, anybody"),
          setting("message_hub.users[].password", "none", "must be given for each user"),
          setting(
              "message_hub.users[].permissions.publish.allow",
              "all",
              "subject patterns that the user may publish to"),
          setting("message_hub.users[].permissions.publish.deny", "none", "and may not"),
          setting(
              "message_hub.users[].permissions.subscribe.allow",
              "all",
              "subject patterns that the user may subscribe to"),
          setting("message_hub.users[].permissions.subscribe.deny", "none", "and may not"),
          setting("message_hub.token", "none", "may be given in place of user and password"),
          setting("message_hub.tls.cert_file", "none", "PEM file with the hub's certificate"),
          setting("message_hub.tls.key_file", "none", "PEM file with its key"),
          setting("message_hub.tls.handshake_first", "false", "TLS begins before INFO"),
          setting("message_hub.allow_insecure", "listen beyond the loopback without credentials"),
          setting("message_hub.max_connections", "clients at once"),
          setting("message_hub.max_subscriptions", "of one client"),
          setting(
              "message_hub.max_pending",
              "what may wait for a slow client before it is cut off; for all clients together it is"
                  + " an eighth of the heap, and at least this"),
          setting("message_hub.write_deadline", "how long one write to a client may take"),
          setting("message_hub.ping_interval", "when a silent client is asked"),
          setting("message_hub.ping_max", "how often it is asked before it is cut off"),
          setting("message_hub.auth_timeout", "how long a client has to give credentials"),
          setting(
              "limits.series_per_service",
              "series of one service; beyond it new ones are rejected with the reason"),
          setting(
              "limits.senders_per_service",
              "instances of one service that have sent within a day; beyond it new ones are rejected"
                  + " with the reason"),
          setting("limits.metrics_per_event", "metrics in one event"),
          setting("limits.labels_per_series", "name, service and instance included"),
          setting("limits.name_length", "characters of a metric's or label's name; 800 at most"),
          setting("limits.label_value_length", "characters"),
          setting("limits.buckets_per_histogram", "of a whole histogram"),
          setting(
              "limits.out_of_order_window",
              "how far behind its series' newest sample a sample may come"),
          setting("limits.future_tolerance", "how far ahead of its reception a sample may lie"),
          setting(
              "queries.timeout",
              "the longest that a query may ask for; as long may an answer in parts wait for its reader"),
          setting("queries.default_timeout", "what it gets unasked"),
          setting("queries.max_running", "queries at once"),
          setting("queries.max_queued", "queries that wait"),
          setting("queries.max_steps", "of a range query"),
          setting("queries.lookback", "how far an instant selector looks back"),
          setting("queries.subquery_step", "of subqueries that name none"),
          setting("queries.samples_per_query", "samples that a query may hold at once"),
          setting("queries.memory_per_query", "a quarter of the heap", "memory of one query"),
          setting(
              "queries.memory_total",
              "half of the heap",
              "memory of all queries, of answers until they are sent, and of what live queries remember of"
                  + " what they told, which is at most half of it"),
          setting(
              "storage.database",
              "where the tables are: SQLite in the data folder, or"
                  + " `postgresql://user:password@host:5432/database?sslmode=verify-full`, see"
                  + " below"),
          setting("storage.schema", "the storage service's schema"),
          setting(
              "storage.retention.time",
              "how long samples are kept: `15d`, or `none` for ever; see [Retention](#retention)"),
          setting(
              "storage.retention.size",
              "what blocks may take together: `100GiB`, or `none` for no limit; the oldest go"
                  + " first"),
          setting(
              "storage.retention.rules[].match",
              "none",
              "a selector, `{service=\"combat\"}`; the first rule that matches a series counts"),
          setting(
              "storage.retention.rules[].time",
              "none",
              "how long its series are kept, longer or shorter than others; `none` for ever"),
          setting(
              "storage.objects",
              "where blocks are kept beside the local disk: `s3://bucket/prefix?endpoint=URL`,"
                  + " `file:///dir`, or `none`; see [Object store](#object-store)"),
          setting(
              "storage.objects_cache",
              "what of blocks that are in the object store only may be on the local disk"),
          setting(
              "storage.local.time",
              "how long blocks that are in the object store are on the local disk too; `none` for"
                  + " as long as they are kept"),
          setting(
              "storage.local.size",
              "above which blocks that are in the object store go from the local disk, the oldest first,"
                  + " those that wait to be downsampled last"),
          setting(
              "storage.downsampling.5m",
              "none are made",
              "how long blocks downsampled to 5 minutes are kept: `1y`, or `none` for ever; see"
                  + " [Downsampling](#downsampling)"),
          setting("storage.downsampling.1h", "none are made", "the same of an hour"),
          setting(
              "storage.tables.TABLE.ttl",
              "`none` (alerts: `180d`)",
              "how long a row of metadata, alert_rules, alerts, silences or dashboards is kept"
                  + " (looked at once a minute); `alerts` also speaks for the table"
                  + " `announcements`, `dashboards` for `dashboard_history`"),
          setting("storage.tables.TABLE.backup", "`true`", "whether backups hold the table"),
          setting("rules.evaluation_interval", "of groups of rules that name no `interval`"),
          setting("rules.query_offset", "of groups that name no `query_offset`"),
          setting(
              "rules.external_labels",
              "none",
              "`$externalLabels` in templates; alerts that are announced have them too, where they"
                  + " have none of that name"),
          setting("rules.external_url", "none", "`$externalURL` in templates"),
          setting(
              "alerts.global.resolve_timeout",
              "after which an alert that a service reported without an end is over, where it is"
                  + " not reported again"),
          setting("alerts.route", "every alert at once", "see [Alerts](#alerts)"),
          setting("alerts.receivers", "none", "see [Alerts](#alerts)"),
          setting("alerts.inhibit_rules", "none", "see [Alerts](#alerts)"),
          setting("alerts.time_intervals", "none", "see [Alerts](#alerts)"),
          setting("alerts.mute_time_intervals", "none", "the same by its former name"));

  private ConfigReference() {}

  private static Setting setting(String key, String meaning) {
    return new Setting(key, null, meaning);
  }

  private static Setting setting(String key, String fallback, String meaning) {
    return new Setting(key, fallback, meaning);
  }

  static List<String> keys() {
    return SETTINGS.stream().map(Setting::key).toList();
  }

  /** The settings as a table in Markdown, one line for each. */
  public static String markdown() {
    Object defaults =
        new Load(LoadSettings.builder().build())
            .loadFromString(ConfigPrinter.print(Config.defaults()));
    List<String> lines =
        new ArrayList<>(List.of("| key | default | what it sets |", "|---|---|---|"));
    for (Setting setting : SETTINGS) {
      String fallback =
          setting.fallback() == null
              ? "`" + find(defaults, setting.key()) + "`"
              : setting.fallback();
      lines.add("| `" + setting.key() + "` | " + fallback + " | " + setting.meaning() + " |");
    }
    return String.join("\n", lines) + "\n";
  }

  private static Object find(Object defaults, String key) {
    Object found = defaults;
    for (String name : key.split("\\.")) {
      found = found instanceof Map<?, ?> map ? map.get(name) : null;
    }
    if (found == null) {
      throw new IllegalStateException("the configuration has no default for " + key);
    }
    return found;
  }
}
