package dnd.metrics.server.dashboards;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.EventIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.EventWriter;
import dnd.metrics.events.Fields;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.JsonBuffer;
import dnd.metrics.events.Problem;
import dnd.metrics.events.StrictJson;
import dnd.metrics.server.database.Database;
import dnd.metrics.server.database.DatabaseUnavailableException;
import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.request.Request;
import dnd.metrics.server.request.Requests;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers {@code *.dashboard.request}: lists, gets, checks, saves, deletes and restores dashboards,
 * tells their history, and announces every change as {@code dashboard.updated} (docs/icd.md).
 * Whoever saves, deletes or restores names the version that the change is based on; where somebody
 * was faster, the answer is a conflict, and nothing is overwritten.
 */
public final class DashboardHandler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DashboardHandler.class);
  private static final String DEFAULT_PROJECT = "default";
  private static final int TOLD_PROBLEMS = 5;
  private static final int MAX_AUTHOR_CHARS = 200;

  private final Hub hub;
  private final InstantSource clock;
  private final DashboardStore store;
  private final Requests requests;
  private final EventIds ids = new EventIds();
  private boolean builtInAdded;

  public DashboardHandler(Hub hub, Database database, InstantSource clock) {
    this.hub = hub;
    this.clock = clock;
    this.store = new DashboardStore(database);
    this.requests = new Requests(hub, clock, "dashboards");
  }

  /** Subscribes; to be called once. */
  public void start() {
    requests.run(this::tryToAddBuiltIn);
    requests.subscribe(EventTypes.DASHBOARD_REQUEST, EventTypes.DASHBOARD_RESULT, this::answer);
  }

  private ObjectNode answer(Request request) throws InvalidEventException {
    Fields data = request.fields();
    String action = data.requireString("action");
    try {
      if (!action.equals("check")) {
        addBuiltIn();
      }
      return switch (action) {
        case "list" -> list(data);
        case "get" -> get(data);
        case "check" -> check(data);
        case "save" -> save(request);
        case "delete" -> delete(request);
        case "history" -> history(data);
        case "restore" -> restore(request);
        default ->
            throw new InvalidEventException(
                ErrorCode.UNKNOWN_ACTION,
                "data.action",
                "must be list, get, check, save, delete, history or restore");
      };
    } catch (DatabaseUnavailableException | IOException e) {
      LOG.warn("{} of {}: {}", action, request.service(), e.getMessage());
      throw new InvalidEventException(
          ErrorCode.STORAGE_UNAVAILABLE, "", String.valueOf(e.getMessage()));
    }
  }

  private void tryToAddBuiltIn() {
    try {
      addBuiltIn();
    } catch (DatabaseUnavailableException | IOException e) {
      LOG.debug("the first request adds the service's own dashboards: {}", e.getMessage());
    }
  }

  /** What comes with the service is there before the first question is answered. */
  private void addBuiltIn() throws DatabaseUnavailableException, IOException {
    if (!builtInAdded) {
      for (Dashboard added : BuiltInDashboards.missingFrom(store, clock.millis())) {
        store.put(added);
      }
      builtInAdded = true;
    }
  }

  private static ObjectNode object() {
    return StrictJson.mapper().createObjectNode();
  }

  private ObjectNode list(Fields data) throws InvalidEventException, DatabaseUnavailableException {
    String project = data.string("project");
    String prefix = data.string("name");
    boolean deleted = data.bool("deleted");
    ObjectNode answer = object();
    ArrayNode dashboards = answer.putArray("dashboards");
    for (Dashboard dashboard : store.all()) {
      if (dashboard.deleted() == deleted
          && (project == null || dashboard.project().equals(project))
          && (prefix == null || dashboard.name().startsWith(prefix))) {
        dashboards.add(dashboard.summary());
      }
    }
    return answer;
  }

  private ObjectNode get(Fields data) throws InvalidEventException, DatabaseUnavailableException {
    Dashboard newest = require(data);
    long version = version(data, "version");
    Dashboard found = version == 0 ? newest : formerVersion(newest, version);
    if (found.deleted()) {
      throw notFound(
          "was deleted at version " + found.version() + "; a former one can be restored");
    }
    return changed(found).set("dashboard", found.body());
  }

  private static ObjectNode check(Fields data) throws InvalidEventException {
    ObjectNode answer = object();
    ArrayNode problems = answer.putArray("problems");
    for (Problem problem : DashboardCheck.problems(resource(data), "data.dashboard")) {
      problems.addObject().put("field", problem.field()).put("error", problem.description());
    }
    return answer;
  }

  private ObjectNode save(Request request)
      throws InvalidEventException, DatabaseUnavailableException, IOException {
    Fields data = request.fields();
    ObjectNode resource = resource(data);
    refuseWrong(DashboardCheck.problems(resource, "data.dashboard"));
    long now = clock.millis();
    String by = author(request);
    Dashboard first = Dashboard.first(resource, now, by);
    Optional<Dashboard> newest = store.find(first.project(), first.name());
    long basedOn = data.has("base_version") ? version(data, "base_version") : stated(resource);
    requireBase(newest, basedOn);
    Dashboard saved = newest.map(dashboard -> dashboard.next(resource, now, by)).orElse(first);
    return keep(request, saved, "saved");
  }

  private ObjectNode delete(Request request)
      throws InvalidEventException, DatabaseUnavailableException, IOException {
    Dashboard newest = require(request.fields());
    requireBase(Optional.of(newest), version(request.fields(), "base_version"));
    if (newest.deleted()) {
      throw notFound("was deleted already, at version " + newest.version());
    }
    return keep(request, newest.gone(clock.millis(), author(request)), "deleted");
  }

  private ObjectNode history(Fields data)
      throws InvalidEventException, DatabaseUnavailableException {
    Dashboard newest = require(data);
    ObjectNode answer = object();
    ArrayNode versions = answer.putArray("versions");
    for (Dashboard version : store.history(newest.project(), newest.name())) {
      versions.add(version.summary());
    }
    return answer;
  }

  private ObjectNode restore(Request request)
      throws InvalidEventException, DatabaseUnavailableException, IOException {
    Fields data = request.fields();
    Dashboard newest = require(data);
    requireBase(Optional.of(newest), version(data, "base_version"));
    long version = version(data, "version");
    if (version == 0) {
      throw data.missing("version");
    }
    Dashboard former = formerVersion(newest, version);
    if (former.deleted()) {
      throw notFound("version " + version + " is its deletion");
    }
    Dashboard restored = newest.next(former.body(), clock.millis(), author(request));
    return keep(request, restored, "restored");
  }

  /** Makes it the newest version, tells everybody, and answers with what was done. */
  private ObjectNode keep(Request request, Dashboard dashboard, String action)
      throws InvalidEventException, DatabaseUnavailableException, IOException {
    if (!store.hasRoomFor(dashboard)) {
      throw new InvalidEventException(
          ErrorCode.TOO_MANY_DASHBOARDS,
          "",
          "there are %d dashboards already, or %d MiB of them, those counted that were deleted"
              .formatted(DashboardStore.MAX_DASHBOARDS, DashboardStore.MAX_CHARS >> 20));
    }
    store.put(dashboard);
    announce(dashboard, action, request.correlationId());
    return changed(dashboard);
  }

  private void announce(Dashboard dashboard, String action, String correlationId) {
    ObjectNode data =
        dashboard.summary().put("action", action).put("correlation_id", correlationId);
    JsonBuffer out = new JsonBuffer(512);
    EventWriter.begin(out, EventTypes.DASHBOARD_UPDATED, ids.next(), clock.millis());
    out.raw(",\"data\":").raw(StrictJson.mapper().writeValueAsBytes(data));
    hub.publish(
        EventTypes.DASHBOARD_UPDATED, null, Headers.NONE, EventWriter.end(out).toByteArray());
  }

  private static ObjectNode changed(Dashboard dashboard) {
    return object().setAll(dashboard.summary());
  }

  private Dashboard require(Fields data)
      throws InvalidEventException, DatabaseUnavailableException {
    String name = data.requireString("name");
    String project = data.string("project");
    return store
        .find(project == null ? DEFAULT_PROJECT : project, name)
        .orElseThrow(() ->
            notFound("there is none in project " + (project == null ? DEFAULT_PROJECT : project)));
  }

  private Dashboard formerVersion(Dashboard newest, long version)
      throws InvalidEventException, DatabaseUnavailableException {
    return store.history(newest.project(), newest.name()).stream()
        .filter(each -> each.version() == version)
        .findFirst()
        .orElseThrow(() ->
            new InvalidEventException(
                ErrorCode.UNKNOWN_DASHBOARD,
                "data.version",
                "there is no version " + version + "; the newest is " + newest.version()));
  }

  private static InvalidEventException notFound(String message) {
    return new InvalidEventException(ErrorCode.UNKNOWN_DASHBOARD, "data.name", message);
  }

  /**
   * A change is based on the newest version. What does not exist, or was deleted, may also be made
   * as if it had never been there.
   */
  private static void requireBase(Optional<Dashboard> newest, long basedOn)
      throws InvalidEventException {
    long version = newest.map(Dashboard::version).orElse(0L);
    boolean absent = newest.map(Dashboard::deleted).orElse(true);
    if (basedOn == version || (basedOn == 0 && absent)) {
      return;
    }
    String found =
        newest
            .map(dashboard ->
                "the newest is version "
                    + version
                    + (dashboard.deleted() ? ", deleted by " : ", saved by ")
                    + dashboard.updatedBy())
            .orElse("there is no such dashboard");
    String message =
        basedOn == 0
            ? "the version that this is based on is not given, and " + found
            : "this is based on version " + basedOn + ", but " + found;
    throw new InvalidEventException(ErrorCode.VERSION_CONFLICT, "data.base_version", message);
  }

  private static ObjectNode resource(Fields data) throws InvalidEventException {
    JsonNode node = data.node("dashboard");
    if (node == null) {
      throw data.missing("dashboard");
    }
    if (!(node instanceof ObjectNode object)) {
      throw new InvalidEventException(ErrorCode.WRONG_TYPE, "data.dashboard", "must be an object");
    }
    return object;
  }

  private static void refuseWrong(List<Problem> problems) throws InvalidEventException {
    if (problems.isEmpty()) {
      return;
    }
    List<String> others = new ArrayList<>();
    for (Problem problem : problems.subList(1, Math.min(TOLD_PROBLEMS, problems.size()))) {
      others.add("; " + problem.description());
    }
    if (problems.size() > TOLD_PROBLEMS) {
      others.add("; and " + (problems.size() - TOLD_PROBLEMS) + " more problems");
    }
    Problem first = problems.getFirst();
    throw new InvalidEventException(
        first.code(), first.field(), first.message() + String.join("", others));
  }

  /** A version number, or 0 where none is given. */
  private static long version(Fields data, String name) throws InvalidEventException {
    return data.limit(name, 0);
  }

  /** The version that a resource says it is: what it was read as. */
  private static long stated(ObjectNode resource) {
    @Nullable JsonNode version = resource.get("metadata").get("version");
    return version != null && version.canConvertToLong() && version.isIntegralNumber()
        ? version.longValue()
        : 0;
  }

  /** The service that asks and, where it names one, the person it asks for. */
  private static String author(Request request) throws InvalidEventException {
    String author = request.fields().string("author");
    if (author == null || author.isEmpty()) {
      return request.service();
    }
    if (author.length() > MAX_AUTHOR_CHARS) {
      throw new InvalidEventException(
          ErrorCode.TEXT_TOO_LONG,
          "data.author",
          "has more than " + MAX_AUTHOR_CHARS + " characters");
    }
    return request.service() + "/" + author;
  }

  @Override
  public void close() {
    requests.close();
  }
}
