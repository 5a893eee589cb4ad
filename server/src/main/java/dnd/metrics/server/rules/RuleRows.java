package dnd.metrics.server.rules;

import dnd.metrics.events.StrictJson;
import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.promql.parse.DurationText;
import dnd.metrics.server.rules.file.Rule;
import dnd.metrics.server.rules.file.RuleGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rules as rows of table {@code alert_rules} and back: one row a rule, its id file, group and
 * position.
 */
final class RuleRows {
  private static final JsonMapper JSON = StrictJson.mapper();

  private RuleRows() {}

  /**
   * What has to be written so that the table holds {@code after} in the place of {@code before}.
   *
   * @param doubtful ids of rows of which nobody knows what the table holds
   */
  static List<Change> changes(RuleBook before, RuleBook after, Set<String> doubtful) {
    Map<String, Row> old = rows(before);
    Map<String, Row> wanted = rows(after);
    List<Change> changes = new ArrayList<>();
    wanted.forEach((id, row) -> {
      Row was = old.get(id);
      if (was == null || !row.equals(was) || doubtful.contains(id)) {
        changes.add(new Change.Put(Table.ALERT_RULES, row));
      }
    });
    Set<String> over = new TreeSet<>(old.keySet());
    over.addAll(doubtful);
    over.removeAll(wanted.keySet());
    for (String id : over) {
      changes.add(new Change.Remove(Table.ALERT_RULES, Row.builder().text("id", id).build()));
    }
    return changes;
  }

  /** The ids of the rows that are changed. */
  static List<String> ids(List<Change> changes) {
    return changes.stream()
        .map(change ->
            switch (change) {
              case Change.Put(Table _, Row row) -> row.text("id");
              case Change.Remove(Table _, Row key) -> key.text("id");
            })
        .toList();
  }

  /**
   * What has to be written where the rows that were read have other ids than their rules, as where
   * some of a group have expired: what is deleted later would come back. Empty where all is well.
   */
  static List<Change> renumbered(List<Row> read, RuleBook book) {
    Map<String, Row> wanted = rows(book);
    Set<String> ids = read.stream().map(row -> row.text("id")).collect(Collectors.toSet());
    if (ids.equals(wanted.keySet())) {
      return List.of();
    }
    List<Change> changes = new ArrayList<>();
    wanted.values().forEach(row -> changes.add(new Change.Put(Table.ALERT_RULES, row)));
    ids.stream().filter(id -> !wanted.containsKey(id)).forEach(id -> changes.add(removal(id)));
    return changes;
  }

  private static Change removal(String id) {
    return new Change.Remove(Table.ALERT_RULES, Row.builder().text("id", id).build());
  }

  private static Map<String, Row> rows(RuleBook book) {
    Map<String, Row> rows = new LinkedHashMap<>();
    for (StoredGroup group : book.groups()) {
      String head = JSON.writeValueAsString(head(group.head()));
      for (int i = 0; i < group.rules().size(); i++) {
        StoredRule stored = group.rules().get(i);
        String id = group.file() + '/' + escaped(group.name()) + '/' + i;
        rows.put(
            id,
            Row.builder()
                .text("id", id)
                .text("name", stored.rule().name())
                .text("kind", stored.rule() instanceof Rule.AlertingRule ? "alert" : "record")
                .text("severity", severity(group, stored.rule()))
                .bool("active", stored.active())
                .text("file", group.file())
                .text("group_name", group.name())
                .integer("position", i)
                .json("group_definition", head)
                .json("definition", JSON.writeValueAsString(definition(stored.rule())))
                .timeMillis("updated_at", stored.updatedAtMillis())
                .text("updated_by", stored.updatedBy())
                .build());
      }
    }
    return rows;
  }

  /** Without the separator, so that no two rules have one id. */
  private static String escaped(String name) {
    return name.replace("%", "%25").replace("/", "%2F");
  }

  private static String severity(StoredGroup group, Rule rule) {
    return rule.labels()
        .getOrDefault("severity", group.head().labels().getOrDefault("severity", ""));
  }

  private static ObjectNode head(RuleGroup group) {
    ObjectNode node = JSON.createObjectNode();
    duration(node, "interval", group.interval());
    group
        .queryOffset()
        .ifPresent(offset -> node.put("query_offset", DurationText.format(offset.toMillis())));
    if (group.limit() != 0) {
      node.put("limit", group.limit());
    }
    texts(node, "labels", group.labels());
    return node;
  }

  /** The rule as a JSON object with the fields of a rule file. */
  static ObjectNode definition(Rule rule) {
    ObjectNode node = JSON.createObjectNode();
    switch (rule) {
      case Rule.AlertingRule alerting -> {
        node.put("alert", alerting.name()).put("expr", alerting.expr());
        duration(node, "for", alerting.holdDuration());
        duration(node, "keep_firing_for", alerting.keepFiringFor());
        texts(node, "labels", alerting.labels());
        texts(node, "annotations", alerting.annotations());
      }
      case Rule.RecordingRule recording -> {
        node.put("record", recording.record()).put("expr", recording.expr());
        texts(node, "labels", recording.labels());
      }
    }
    return node;
  }

  private static void duration(ObjectNode node, String name, Duration duration) {
    if (!duration.isZero()) {
      node.put(name, DurationText.format(duration.toMillis()));
    }
  }

  private static void texts(ObjectNode node, String name, Map<String, String> texts) {
    if (!texts.isEmpty()) {
      ObjectNode object = node.putObject(name);
      texts.forEach(object::put);
    }
  }

  /** The rules of the table's rows. */
  static RuleBook read(List<Row> rows) {
    record GroupId(String file, String name) {}
    Map<GroupId, TreeMap<Long, Row>> groups = new LinkedHashMap<>();
    for (Row row : rows) {
      groups
          .computeIfAbsent(
              new GroupId(row.text("file"), row.text("group_name")), id -> new TreeMap<>())
          .put(row.integer("position"), row);
    }
    TreeMap<String, List<StoredGroup>> files = new TreeMap<>();
    groups.forEach((id, ordered) -> {
      RuleGroup head =
          head(id.name(), JSON.readTree(ordered.firstEntry().getValue().text("group_definition")));
      List<StoredRule> rules = ordered.values().stream().map(RuleRows::stored).toList();
      files
          .computeIfAbsent(id.file(), file -> new ArrayList<>())
          .add(new StoredGroup(id.file(), head, rules));
    });
    return new RuleBook(files);
  }

  private static RuleGroup head(String name, JsonNode node) {
    return new RuleGroup(
        name,
        duration(node, "interval").orElse(Duration.ZERO),
        node.path("limit").asInt(0),
        duration(node, "query_offset"),
        texts(node, "labels"),
        List.of());
  }

  private static StoredRule stored(Row row) {
    JsonNode node = JSON.readTree(row.text("definition"));
    Rule rule =
        node.has("record")
            ? new Rule.RecordingRule(
                node.get("record").asString(), node.get("expr").asString(), texts(node, "labels"))
            : new Rule.AlertingRule(
                node.get("alert").asString(),
                node.get("expr").asString(),
                duration(node, "for").orElse(Duration.ZERO),
                duration(node, "keep_firing_for").orElse(Duration.ZERO),
                texts(node, "labels"),
                texts(node, "annotations"));
    return new StoredRule(
        rule, row.bool("active"), row.timeMillis("updated_at"), row.text("updated_by"));
  }

  private static Optional<Duration> duration(JsonNode node, String name) {
    JsonNode value = node.get(name);
    return value == null
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(DurationText.parseMillis(value.asString())));
  }

  private static Map<String, String> texts(JsonNode node, String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    JsonNode object = node.get(name);
    if (object != null) {
      object.properties().forEach(each -> texts.put(each.getKey(), each.getValue().asString()));
    }
    return texts;
  }
}
