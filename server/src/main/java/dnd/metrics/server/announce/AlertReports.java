package dnd.metrics.server.announce;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.Fields;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.StrictJson;
import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.Database;
import dnd.metrics.server.database.DatabaseUnavailableException;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.request.Request;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The alerts that services report themselves: kept in table {@code alerts}, then handed to the
 * {@link Announcer} like those of rules. Two reports with the same labels are of the same alert. An
 * alert is over when that is reported, or when its end comes and it was not reported again. For one
 * thread.
 */
final class AlertReports {
  private static final Logger LOG = LoggerFactory.getLogger(AlertReports.class);
  private static final int MAX_ALERTS_PER_EVENT = 10_000;
  private static final int MAX_ALERTS_PER_SERVICE = 10_000;

  /** So many alerts, and so many bytes of their labels and annotations, end in one write. */
  private static final int ENDS_PER_WRITE = 1000;

  private static final long BYTES_PER_WRITE = 4 << 20;

  /**
   * An alert that fires, until when it is not reported again.
   *
   * @param heardUntilMillis it is not ended before: of an alert of before a restart, so that its
   *     service can report it again, which it could not while this one was away
   */
  private record Open(Alert alert, long endsAtMillis, long heardUntilMillis) {
    boolean isOver(long nowMillis) {
      return Math.max(endsAtMillis, heardUntilMillis) <= nowMillis;
    }

    long bytes() {
      return (long) alert.labels().heapBytes() + alert.annotations().heapBytes();
    }
  }

  private final Announcer announcer;
  private final Database database;
  private final InstantSource clock;
  private final long resolveTimeoutMillis;

  /** Labels, the service's among them, to the alert that fires. */
  private final Map<Labels, Open> open = new LinkedHashMap<>();

  private final Map<String, Integer> openOfService = new HashMap<>();
  private final UnsettledRows rows;
  private boolean loaded;

  AlertReports(
      Announcer announcer, Database database, InstantSource clock, long resolveTimeoutMillis) {
    this.announcer = announcer;
    this.database = database;
    this.clock = clock;
    this.resolveTimeoutMillis = resolveTimeoutMillis;
    this.rows = new UnsettledRows(database, this::asTheyHold);
  }

  /** Takes in the alerts of an event. */
  ObjectNode report(Request request) throws InvalidEventException {
    Fields data = request.fields();
    String service = request.service();
    ReportedAlert.requireSender(service);
    String named = data.string("service");
    if (named != null && !named.equals(service)) {
      throw new InvalidEventException(
          ErrorCode.SERVICE_MISMATCH, "data.service", ErrorCode.SERVICE_MISMATCH.meaning());
    }
    if (!(data.node("alerts") instanceof ArrayNode alerts)) {
      throw new InvalidEventException(ErrorCode.WRONG_TYPE, "data.alerts", "must be a list");
    }
    if (alerts.size() > MAX_ALERTS_PER_EVENT) {
      throw new InvalidEventException(
          ErrorCode.BATCH_TOO_LARGE,
          "data.alerts",
          "holds more than " + MAX_ALERTS_PER_EVENT + " alerts");
    }
    if (!load()) {
      throw new InvalidEventException(
          ErrorCode.STORAGE_UNAVAILABLE, "", "the alerts cannot be read: the database is away");
    }
    ObjectNode answer = StrictJson.mapper().createObjectNode();
    ArrayNode rejected = StrictJson.mapper().createArrayNode();
    Changes changes = new Changes(request.correlationId());
    int accepted = 0;
    for (int i = 0; i < alerts.size(); i++) {
      try {
        changes.take(read(alerts.get(i), i, service), service);
        accepted++;
      } catch (InvalidEventException e) {
        ObjectNode entry = rejected.addObject();
        entry.put("index", i);
        JsonNode name = alerts.get(i).get("name");
        entry.put("name", name != null && name.isString() ? name.stringValue() : "");
        entry.put("code", e.problem().code().text());
        entry.put("reason", e.problem().description());
      }
    }
    try {
      changes.carryOut();
    } catch (IOException e) {
      throw new InvalidEventException(
          ErrorCode.STORAGE_UNAVAILABLE, "", "the alerts are not safe on disk: " + e.getMessage());
    }
    answer.put("accepted", accepted);
    answer.set("rejected", rejected);
    return answer;
  }

  private ReportedAlert read(JsonNode node, int index, String service)
      throws InvalidEventException {
    String path = "data.alerts[" + index + "].";
    return ReportedAlert.read(node, path, service, clock.millis(), resolveTimeoutMillis);
  }

  /** Ends the alerts whose end has come; first reads what there was, where that is still to do. */
  void endOverdue() {
    if (!load()) {
      return;
    }
    try {
      rows.settle();
      long now = clock.millis();
      List<Open> over = open.values().stream().filter(each -> each.isOver(now)).toList();
      for (int from = 0; from < over.size(); ) {
        from = endSome(over, from);
      }
    } catch (IOException e) {
      LOG.warn("alerts that are over could not be written; tried again: {}", e.getMessage());
    }
  }

  /** Ends as many as go into one write; where the next ones begin. */
  private int endSome(List<Open> over, int from) throws IOException {
    Changes changes = new Changes(CorrelationIds.make());
    long bytes = 0;
    int to = from;
    while (to < over.size() && to - from < ENDS_PER_WRITE && bytes < BYTES_PER_WRITE) {
      Open each = over.get(to++);
      changes.end(each.alert(), each.endsAtMillis(), each.alert().correlationId());
      bytes += each.bytes();
    }
    changes.carryOut();
    return to;
  }

  /** Writes what the table may not hold as it is, where that is possible. */
  void settle() {
    try {
      rows.settle();
    } catch (IOException e) {
      LOG.warn("alerts of services may be in their table as they are not: {}", e.getMessage());
    }
  }

  private List<Change> asTheyHold(Set<String> ids) {
    Map<String, Open> firing = new HashMap<>();
    for (Open each : open.values()) {
      if (ids.contains(each.alert().id())) {
        firing.put(each.alert().id(), each);
      }
    }
    long now = clock.millis();
    List<Change> changes = new ArrayList<>();
    for (String id : ids) {
      Open each = firing.get(id);
      changes.add(
          each == null
              ? new Change.Remove(Table.ALERTS, Row.builder().text("id", id).build())
              : ReportedRows.put(each.alert(), each.endsAtMillis(), now));
    }
    return changes;
  }

  /** What is to be written, and then holds. */
  private final class Changes {
    private final String correlationId;
    private final Map<Labels, Open> after = new LinkedHashMap<>();
    private final List<Alert> ended = new ArrayList<>();
    private final Set<Labels> endedLabels = new HashSet<>();
    private final Map<String, Integer> added = new HashMap<>();

    Changes(String correlationId) {
      this.correlationId = correlationId;
    }

    void take(ReportedAlert report, String service) throws InvalidEventException {
      Open former = after.get(report.labels());
      if (former == null && !endedLabels.contains(report.labels())) {
        former = open.get(report.labels());
      }
      if (!report.firing()) {
        if (former != null) {
          long endedAt = Math.max(report.endsAtMillis(), former.alert().startedAtMillis());
          end(former.alert(), endedAt, correlationId);
        }
        return;
      }
      if (former == null) {
        int count = openOfService.getOrDefault(service, 0) + added.merge(service, 1, Integer::sum);
        if (count > MAX_ALERTS_PER_SERVICE) {
          added.merge(service, -1, Integer::sum);
          throw new InvalidEventException(
              ErrorCode.TOO_MANY_ALERTS,
              "",
              "the service has " + MAX_ALERTS_PER_SERVICE + " alerts that fire already");
        }
      }
      Alert alert =
          new Alert(
              former == null ? CorrelationIds.make() : former.alert().id(),
              report.name(),
              "",
              "",
              report.labels(),
              report.annotations(),
              report.value(),
              Alert.Status.FIRING,
              former == null ? report.startedAtMillis() : former.alert().startedAtMillis(),
              0,
              former == null ? correlationId : former.alert().correlationId(),
              service);
      after.put(report.labels(), new Open(alert, report.endsAtMillis(), 0));
    }

    void end(Alert alert, long atMillis, String cause) {
      after.remove(alert.labels());
      ended.add(alert.resolved(atMillis, cause));
      endedLabels.add(alert.labels());
    }

    /** Writes all in one, lets it hold, and announces it. */
    void carryOut() throws IOException {
      long now = clock.millis();
      List<Change> changes = new ArrayList<>();
      List<Alert> changed = new ArrayList<>();
      for (Alert alert : ended) {
        changes.add(ReportedRows.put(alert, 0, now));
        changed.add(alert);
      }
      for (Open each : after.values()) {
        changes.add(ReportedRows.put(each.alert(), each.endsAtMillis(), now));
        changed.add(each.alert());
      }
      if (changes.isEmpty()) {
        return;
      }
      if (!ended.isEmpty()) {
        announcer.prepareEnd(ended.stream().map(Alert::id).toList());
      }
      rows.write(changes);
      for (Alert alert : ended) {
        if (open.remove(alert.labels()) != null) {
          openOfService.merge(alert.source(), -1, Integer::sum);
        }
      }
      for (Map.Entry<Labels, Open> entry : after.entrySet()) {
        if (open.put(entry.getKey(), entry.getValue()) == null) {
          openOfService.merge(entry.getValue().alert().source(), 1, Integer::sum);
        }
      }
      announcer.accept(changed);
    }
  }

  /** Reads the alerts that fired when the program ended, once; false where that cannot be done. */
  boolean load() {
    if (loaded) {
      return true;
    }
    try {
      List<Row> firing = database.read(Table.ALERTS, Map.of("status", "firing"));
      List<Row> over = database.read(Table.ALERTS, Map.of("status", "resolved"));
      take(firing, over, database.read(Table.ANNOUNCEMENTS, Map.of()));
      loaded = true;
      return true;
    } catch (DatabaseUnavailableException e) {
      LOG.debug("the alerts of services cannot be read yet: {}", e.getMessage());
      return false;
    }
  }

  private void take(List<Row> firing, List<Row> over, List<Row> notes) {
    Set<String> announced = new HashSet<>();
    Set<String> settled = new HashSet<>();
    for (Row note : notes) {
      String kind = note.text("kind");
      if (kind.equals(NotedAnnouncement.RESOLVED)) {
        settled.add(note.text("alert_id"));
      } else if (kind.startsWith(NotedAnnouncement.TRIGGERED)) {
        announced.add(note.text("alert_id"));
      }
    }
    List<Alert> known = new ArrayList<>();
    // Of two with the same labels the one counts of which somebody heard.
    for (Row row : sorted(firing, id -> announced.contains(id) && !settled.contains(id))) {
      Open restored = restored(row);
      Alert alert = restored.alert();
      Open before = open.putIfAbsent(alert.labels(), restored);
      if (before == null) {
        openOfService.merge(alert.source(), 1, Integer::sum);
        known.add(alert);
      } else if (before.alert().id().equals(alert.id())) {
        known.add(alert); // a former attempt failed
      } else { // its first write was reported as failed, and came true later
        known.add(alert.resolved(clock.millis(), alert.correlationId()));
        rows.add(alert.id());
      }
    }
    for (Row row : over) {
      if (isReported(row) && !settled.contains(row.text("id"))) {
        known.add(ReportedRows.alert(row));
      }
    }
    announcer.restore(Origin.SERVICES, known);
  }

  /** The rows of services' alerts, those with such an id first. */
  private static List<Row> sorted(List<Row> rows, Predicate<String> first) {
    return rows.stream()
        .filter(AlertReports::isReported)
        .sorted(Comparator.comparing(row -> !first.test(row.text("id"))))
        .toList();
  }

  /**
   * The alert is given as much time from now as its service had given itself, but no more than the
   * usual one.
   */
  private Open restored(Row row) {
    long now = clock.millis();
    long endsAt = row.optionalTimeMillis("ends_at").orElse(now + resolveTimeoutMillis);
    long given = endsAt - row.optionalTimeMillis("timestamp").orElse(endsAt);
    return new Open(
        ReportedRows.alert(row), endsAt, now + Math.clamp(given, 0, resolveTimeoutMillis));
  }

  private static boolean isReported(Row row) {
    return !row.optionalText("source")
        .orElse(EventTypes.SERVICE_NAME)
        .equals(EventTypes.SERVICE_NAME);
  }
}
