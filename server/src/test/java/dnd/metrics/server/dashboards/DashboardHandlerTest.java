package dnd.metrics.server.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.events.StrictJson;
import dnd.metrics.server.database.Expiry;
import dnd.metrics.server.database.MemoryDatabase;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.hub.RecordingHub;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class DashboardHandlerTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-26T10:00:00Z"));

  private final MemoryDatabase database = new MemoryDatabase();
  private final RecordingHub hub = new RecordingHub(1 << 20);
  private DashboardHandler handler = new DashboardHandler(hub, database, CLOCK);

  @BeforeEach
  void start() {
    handler.start();
  }

  @AfterEach
  void stop() {
    handler.close();
  }

  private void restart() {
    handler.close();
    hub.close();
    handler = new DashboardHandler(hub, database, CLOCK);
    handler.start();
  }

  private JsonNode ask(String fields) throws InterruptedException {
    hub.deliver(
        "dm_screen.dashboard.request",
        "_INBOX.1",
        "{\"type\":\"dashboard.request\",\"data\":{" + fields + ",\"correlation_id\":\"c1\"}}");
    RecordingHub.Published next = hub.next();
    while (!next.subject().equals("_INBOX.1")) {
      updates.add(next.data());
      next = hub.next();
    }
    return next.data();
  }

  private final java.util.List<JsonNode> updates = new java.util.ArrayList<>();

  private JsonNode save(ObjectNode resource) throws InterruptedException {
    return ask("\"action\":\"save\",\"author\":\"mira\",\"dashboard\":" + resource);
  }

  private static ObjectNode titled(ObjectNode resource, String title) {
    ((ObjectNode) resource.at("/spec/display")).put("name", title);
    return resource;
  }

  private static void assertError(JsonNode data, String code, String text) {
    assertThat(data.get("status").stringValue()).as("%s", data).isEqualTo("error");
    assertThat(data.get("code").stringValue()).as("%s", data).isEqualTo(code);
    assertThat(data.get("error").stringValue()).contains(text);
  }

  @Test
  void whatIsSavedCanBeGotAndIsAnnounced() throws InterruptedException {
    JsonNode saved = save(DashboardCheckTest.good());
    assertThat(saved.toString())
        .isEqualTo(
            "{\"project\":\"default\",\"name\":\"fights\",\"display_name\":\"Fights\",\"version\":1,"
                + "\"updated_at\":\"2026-11-26T10:00:00.000Z\",\"updated_by\":\"dm_screen/mira\","
                + "\"tags\":[\"combat\"],\"status\":\"success\",\"correlation_id\":\"c1\"}");
    assertThat(updates).hasSize(1);
    assertThat(updates.get(0).toString())
        .isEqualTo(
            "{\"project\":\"default\",\"name\":\"fights\",\"display_name\":\"Fights\",\"version\":1,"
                + "\"updated_at\":\"2026-11-26T10:00:00.000Z\",\"updated_by\":\"dm_screen/mira\","
                + "\"tags\":[\"combat\"],\"action\":\"saved\",\"correlation_id\":\"c1\"}");
    JsonNode got = ask("\"action\":\"get\",\"name\":\"fights\"");
    assertThat(got.at("/dashboard/spec")).isEqualTo(DashboardCheckTest.good().get("spec"));
    assertThat(got.at("/dashboard/metadata").toString())
        .isEqualTo(
            "{\"name\":\"fights\",\"project\":\"default\",\"tags\":[\"combat\"],"
                + "\"createdAt\":\"2026-11-26T10:00:00.000Z\","
                + "\"updatedAt\":\"2026-11-26T10:00:00.000Z\",\"version\":1}");
  }

  @Test
  void savingNeedsTheVersionItIsBasedOn() throws InterruptedException {
    save(DashboardCheckTest.good());
    assertError(
        save(titled(DashboardCheckTest.good(), "Mine")),
        "version_conflict",
        "the version that this is based on is not given, and the newest is version 1, saved by"
            + " dm_screen/mira");
    ObjectNode read = (ObjectNode) ask("\"action\":\"get\",\"name\":\"fights\"").get("dashboard");
    assertThat(save(titled(read.deepCopy(), "Mine")).get("version").intValue()).isEqualTo(2);
    assertError(
        save(titled(read.deepCopy(), "Theirs")),
        "version_conflict",
        "this is based on version 1, but the newest is version 2");
    assertThat(ask("\"action\":\"get\",\"name\":\"fights\"").get("display_name").stringValue())
        .isEqualTo("Mine");
    assertThat(updates).hasSize(2);
  }

  @Test
  void formerVersionsAreKeptAndCanBeRestored() throws InterruptedException {
    save(DashboardCheckTest.good());
    ask(
        "\"action\":\"save\",\"base_version\":1,\"dashboard\":"
            + titled(DashboardCheckTest.good(), "Second"));
    assertError(
        ask("\"action\":\"delete\",\"name\":\"fights\",\"base_version\":1"),
        "version_conflict",
        "version 2");
    ask("\"action\":\"delete\",\"name\":\"fights\",\"base_version\":2");
    assertError(ask("\"action\":\"get\",\"name\":\"fights\""), "unknown_dashboard", "deleted");
    assertThat(ask("\"action\":\"get\",\"name\":\"fights\",\"version\":2").get("display_name"))
        .hasToString("\"Second\"");
    JsonNode restored =
        ask("\"action\":\"restore\",\"name\":\"fights\",\"version\":1,\"base_version\":3");
    assertThat(restored.get("version").intValue()).isEqualTo(4);
    assertThat(updates)
        .extracting(update -> update.get("action").stringValue())
        .containsExactly("saved", "saved", "deleted", "restored");
    restart();
    JsonNode versions = ask("\"action\":\"history\",\"name\":\"fights\"").get("versions");
    assertThat(versions)
        .extracting(version -> version.get("version") + " " + version.get("display_name"))
        .containsExactly("4 \"Fights\"", "3 \"Second\"", "2 \"Second\"", "1 \"Fights\"");
    assertError(
        ask("\"action\":\"restore\",\"name\":\"fights\",\"version\":9,\"base_version\":4"),
        "unknown_dashboard",
        "there is no version 9; the newest is 4");
  }

  @Test
  void whatComesWithTheServiceIsAddedOnceAndStaysDeleted() throws InterruptedException {
    assertThat(ask("\"action\":\"list\"").get("dashboards"))
        .extracting(each -> each.get("name").stringValue())
        .containsExactly("demo-platform", "senders", "service-health");
    ask("\"action\":\"delete\",\"name\":\"senders\",\"base_version\":1");
    restart();
    assertThat(ask("\"action\":\"list\"").get("dashboards"))
        .extracting(each -> each.get("name").stringValue())
        .containsExactly("demo-platform", "service-health");
    assertThat(ask("\"action\":\"list\",\"deleted\":true").get("dashboards"))
        .extracting(each -> each.get("name").stringValue())
        .containsExactly("senders");
    assertThat(database.rows(Table.DASHBOARD_HISTORY)).hasSize(4);
  }

  @Test
  void thatOneOfThemWasDeletedIsKeptForEver() {
    assertThat(Table.DASHBOARDS.expiry().never())
        .contains(new Expiry.Values("name", Set.copyOf(BuiltInDashboards.NAMES)));
  }

  @Test
  void noMoreAreKeptThanThereIsRoomFor() throws Exception {
    handler.close();
    database.clear();
    ObjectNode small = DashboardCheckTest.good();
    for (int i = 3; i < DashboardStore.MAX_DASHBOARDS; i++) { // and three come with the service
      database.write(Dashboard.first(named(small, "d" + i), 0, "dm_screen").changes());
    }
    restart();
    assertError(save(named(small, "fights")), "too_many_dashboards", "10000 dashboards already");
    assertThat(
            ask("\"action\":\"save\",\"base_version\":1,\"dashboard\":" + named(small, "d3"))
                .get("version")
                .intValue())
        .isEqualTo(2);
    ask("\"action\":\"delete\",\"name\":\"d4\",\"base_version\":1");
    assertError(save(named(small, "fights")), "too_many_dashboards", "that were deleted");
  }

  @Test
  void norMoreThanFitIntoMemory() throws Exception {
    handler.close();
    database.clear();
    ObjectNode large = titled(DashboardCheckTest.good(), "x".repeat(1_000_000));
    for (int i = 0; i < 67; i++) {
      database.write(Dashboard.first(named(large, "d" + i), 0, "dm_screen").changes());
    }
    restart();
    assertError(
        save(named(titled(large, "x".repeat(999_000)), "fights")), "too_many_dashboards", "64 MiB");
    String smaller = named(titled(large, "x".repeat(200_000)), "d3").toString();
    assertThat(
            ask("\"action\":\"save\",\"base_version\":1,\"dashboard\":" + smaller)
                .get("version")
                .intValue())
        .isEqualTo(2);
    named(large, "fights");
    assertThat(save(titled(large, "x".repeat(500_000))).get("version").intValue()).isEqualTo(1);
    assertError(
        save(named(titled(large, "x".repeat(500_000)), "others")), "too_many_dashboards", "64 MiB");
  }

  private static ObjectNode named(ObjectNode resource, String name) {
    ((ObjectNode) resource.get("metadata")).put("name", name);
    return resource;
  }

  @Test
  void aBuiltInOneThatNobodyChangedFollowsTheService() throws Exception {
    handler.close();
    database.clear();
    ObjectNode old = titled(BuiltInDashboards.resource("senders"), "As it was");
    database.write(Dashboard.first(old, 0, "metrics_service").changes());
    ObjectNode changed = titled(BuiltInDashboards.resource("service-health"), "Mine");
    database.write(Dashboard.first(changed, 0, "dm_screen").changes());
    restart();
    JsonNode dashboards = ask("\"action\":\"list\"").get("dashboards");
    assertThat(dashboards)
        .extracting(each -> each.get("version") + " " + each.get("display_name").stringValue())
        .containsExactly("1 Demo platform", "2 Senders", "1 Mine");
  }

  @Test
  void aWrongResourceIsRefusedWithEveryPath() throws InterruptedException {
    ObjectNode wrong = DashboardCheckTest.good();
    wrong.put("kind", "Folder");
    ((ObjectNode) wrong.get("spec")).put("duration", "soon");
    JsonNode data = save(wrong);
    assertError(
        data,
        "invalid_dashboard",
        "data.dashboard.kind: must be Dashboard, not \"Folder\"; data.dashboard.spec.duration:"
            + " \"soon\" is no duration such as 1h or 30s");
    assertThat(data.get("field").stringValue()).isEqualTo("data.dashboard.kind");
    assertThat(ask("\"action\":\"check\",\"dashboard\":" + wrong).get("problems")).hasSize(2);
    assertError(ask("\"action\":\"save\""), "missing_field", "data.dashboard: is missing");
    assertError(ask("\"action\":\"paint\""), "unknown_action", "must be list, get");
  }

  @Test
  void aDatabaseThatIsAwayIsSaidAndComesBack() throws InterruptedException {
    database.goAway();
    restart(); // what was read before would be known still
    assertError(ask("\"action\":\"list\""), "storage_unavailable", "away");
    database.comeBack();
    assertThat(ask("\"action\":\"list\"").get("dashboards")).hasSize(3);
    database.goAway();
    assertThat(save(DashboardCheckTest.good()).get("version").intValue()).isEqualTo(1);
    database.comeBack();
    assertThat(database.rows(Table.DASHBOARDS)).hasSize(4);
  }

  @Test
  void aDiskThatFailsLosesNothingSilently() throws InterruptedException {
    ask("\"action\":\"list\"");
    database.breakDisk(true);
    assertError(save(DashboardCheckTest.good()), "storage_unavailable", "broken");
    assertThat(updates).isEmpty();
    database.breakDisk(false);
    assertError(ask("\"action\":\"get\",\"name\":\"fights\""), "unknown_dashboard", "none");
    assertThat(StrictJson.mapper().writeValueAsString(save(DashboardCheckTest.good())))
        .contains("\"version\":1");
  }
}
