package dnd.metrics.server.dashboards;

import dnd.metrics.events.StrictJson;
import dnd.metrics.events.Timestamps;
import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * One version of a dashboard.
 *
 * @param version from 1 up; a deletion is a version too
 * @param body the Perses resource, its metadata filled in by the service; not changed afterwards
 * @param updatedBy who made this version
 * @param deleted whether this version is that the dashboard is gone; its body is the last one
 */
record Dashboard(
    String project,
    String name,
    long version,
    ObjectNode body,
    long updatedAtMillis,
    String updatedBy,
    boolean deleted) {

  /** The first version of a resource that {@link DashboardCheck} found nothing wrong with. */
  static Dashboard first(ObjectNode resource, long nowMillis, String updatedBy) {
    ObjectNode metadata = (ObjectNode) resource.get("metadata");
    String project = metadata.get("project").stringValue();
    String name = metadata.get("name").stringValue();
    return new Dashboard(
        project,
        name,
        1,
        stamped(resource, 1, Timestamps.format(nowMillis), nowMillis),
        nowMillis,
        updatedBy,
        false);
  }

  /** The version after this one, with another body. */
  Dashboard next(ObjectNode resource, long nowMillis, String by) {
    String createdAt = body.at("/metadata/createdAt").asString(Timestamps.format(nowMillis));
    ObjectNode stamped = stamped(resource, version + 1, createdAt, nowMillis);
    return new Dashboard(project, name, version + 1, stamped, nowMillis, by, false);
  }

  /** The version after this one: the dashboard is gone. */
  Dashboard gone(long nowMillis, String by) {
    return new Dashboard(project, name, version + 1, body, nowMillis, by, true);
  }

  private static ObjectNode stamped(
      ObjectNode resource, long version, String createdAt, long nowMillis) {
    ObjectNode copy = resource.deepCopy();
    ((ObjectNode) copy.get("metadata"))
        .put("createdAt", createdAt)
        .put("updatedAt", Timestamps.format(nowMillis))
        .put("version", version);
    return copy;
  }

  String displayName() {
    String display = body.at("/spec/display/name").asString("");
    return display.isEmpty() ? name : display;
  }

  /** Whether both show the same: their specifications and tags are equal. */
  boolean showsTheSameAs(ObjectNode resource) {
    return body.get("spec").equals(resource.get("spec"))
        && body.at("/metadata/tags").equals(resource.at("/metadata/tags"));
  }

  /** Who, what and when, without the body. */
  ObjectNode summary() {
    ObjectNode summary =
        StrictJson.mapper()
            .createObjectNode()
            .put("project", project)
            .put("name", name)
            .put("display_name", displayName())
            .put("version", version)
            .put("updated_at", Timestamps.format(updatedAtMillis))
            .put("updated_by", updatedBy);
    if (body.at("/metadata/tags").isArray()) {
      summary.set("tags", body.at("/metadata/tags"));
    }
    if (deleted) {
      summary.put("deleted", true);
    }
    return summary;
  }

  static Dashboard of(Row row) {
    return new Dashboard(
        row.text("project"),
        row.text("name"),
        row.integer("version"),
        (ObjectNode) StrictJson.mapper().readTree(row.text("body")),
        row.timeMillis("updated_at"),
        row.text("updated_by"),
        row.bool("deleted"));
  }

  /** What makes this the newest version in the tables. */
  List<Change> changes() {
    Row row =
        Row.builder()
            .text("project", project)
            .text("name", name)
            .integer("version", version)
            .json("body", body.toString())
            .timeMillis("updated_at", updatedAtMillis)
            .text("updated_by", updatedBy)
            .bool("deleted", deleted)
            .build();
    return List.of(
        new Change.Put(Table.DASHBOARDS, row), new Change.Put(Table.DASHBOARD_HISTORY, row));
  }
}
