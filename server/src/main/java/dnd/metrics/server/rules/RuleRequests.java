package dnd.metrics.server.rules;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.Fields;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.StrictJson;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.request.Request;
import dnd.metrics.server.request.Requests;
import dnd.metrics.server.rules.file.RuleFile;
import dnd.metrics.server.rules.file.RuleFileProblem;
import dnd.metrics.server.rules.file.RuleFileReader;
import dnd.metrics.server.rules.file.RuleFileReading;
import dnd.metrics.server.rules.file.RuleFileWriter;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers {@code *.alert.rules} (list, get, save, delete, check, test, activate, deactivate) and
 * {@code *.alert.check}, which evaluates the active rules now (docs/icd.md).
 */
public final class RuleRequests implements AutoCloseable {
  private static final JsonMapper JSON = StrictJson.mapper();
  private static final int MAX_FILE_NAME = 256;
  private static final List<String> ACTIONS =
      List.of("list", "get", "save", "delete", "check", "test", "activate", "deactivate");

  private final RuleService service;
  private final RuleDefaults defaults;
  private final RuleTester tester;
  private final InstantSource clock;
  private final Requests requests;

  public RuleRequests(
      Hub hub, RuleService service, RuleDefaults defaults, RuleTester tester, InstantSource clock) {
    this.service = service;
    this.defaults = defaults;
    this.tester = tester;
    this.clock = clock;
    this.requests = new Requests(hub, clock, "rule-requests");
  }

  /** Begins to answer; to be called once. */
  public void start() {
    requests.subscribe(EventTypes.ALERT_RULES, EventTypes.ALERTS_RULES, this::rules);
    requests.subscribe(EventTypes.ALERT_CHECK, EventTypes.ALERTS_CHECK, this::check);
  }

  private ObjectNode rules(Request request) throws InvalidEventException {
    String action = request.fields().string("action");
    return switch (action == null ? "list" : action) {
      case "list" -> list(request.fields());
      case "get" -> get(request.fields());
      case "save" -> save(request);
      case "delete" -> delete(request);
      case "check" -> checkFile(request.fields());
      case "test" -> test(request.fields());
      case "activate" -> activate(request, true);
      case "deactivate" -> activate(request, false);
      default ->
          throw new InvalidEventException(
              ErrorCode.UNKNOWN_ACTION, "data.action", "is none of " + String.join(", ", ACTIONS));
    };
  }

  private ObjectNode list(Fields fields) throws InvalidEventException {
    requireLoaded();
    RuleFilter filter = RuleFilter.of(fields);
    RuleListing listing = new RuleListing(filter, !fields.bool("exclude_alerts"));
    int limit = fields.limit("group_limit", 0);
    String token = fields.string("group_next_token");
    Map<String, LoadedGroup> loaded = new HashMap<>();
    service.scheduler().groups().forEach(group -> loaded.put(group.group.key(), group));
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode groups = answer.putArray("groups");
    boolean begun = token == null;
    for (StoredGroup group : service.book().groups()) {
      String key = group.file() + ';' + group.name();
      begun |= key.equals(token);
      if (!begun || !filter.group(group.file(), group.name())) {
        continue;
      }
      if (limit > 0 && groups.size() == limit) {
        answer.put("groupNextToken", key);
        break;
      }
      ObjectNode node = listing.group(group, loaded.get(key), defaults);
      if (node != null) {
        groups.add(node);
      }
    }
    if (!begun) {
      throw unknown("data.group_next_token", "there is no such group any more: list anew");
    }
    return answer;
  }

  private ObjectNode get(Fields fields) throws InvalidEventException {
    requireLoaded();
    String file = fields.requireString("file");
    List<StoredGroup> groups = service.book().files().get(file);
    if (groups == null) {
      throw unknown("data.file", "no rules of a file " + file + " are kept");
    }
    return JSON.createObjectNode().put("file", file).put("content", printed(groups));
  }

  private ObjectNode save(Request request) throws InvalidEventException {
    String file = request.fields().requireString("file");
    if (file.isEmpty() || file.length() > MAX_FILE_NAME) {
      throw new InvalidEventException(
          ErrorCode.INVALID_RULES,
          "data.file",
          "the name of a file has 1 to " + MAX_FILE_NAME + " characters");
    }
    RuleFileReading reading = RuleFileReader.read(request.fields().requireString("content"));
    if (!reading.isValid()) {
      throw new InvalidEventException(
          ErrorCode.INVALID_RULES,
          "data.content",
          reading.problems().stream()
              .map(RuleFileProblem::toString)
              .collect(Collectors.joining("; ")));
    }
    long now = clock.millis();
    change(request, book -> book.with(file, reading.file(), now, request.service()));
    return JSON.createObjectNode()
        .put("file", file)
        .put("groups", reading.file().groups().size())
        .put("rules", reading.file().ruleCount());
  }

  private static ObjectNode checkFile(Fields fields) throws InvalidEventException {
    RuleFileReading reading = RuleFileReader.read(fields.requireString("content"));
    ObjectNode answer = JSON.createObjectNode();
    answer.put("valid", reading.isValid());
    answer.put("rules", reading.file().ruleCount());
    problems(answer.putArray("problems"), reading.problems());
    problems(answer.putArray("warnings"), reading.warnings());
    return answer;
  }

  /** Runs unit tests on the rule files that the event holds, or else on those that are kept. */
  private ObjectNode test(Fields fields) throws InvalidEventException {
    String tests = fields.requireString("tests");
    String run = fields.string("run");
    RuleTester.Result result;
    try {
      result = tester.test(tests, ruleFiles(fields), run == null ? "" : run);
    } catch (IllegalArgumentException e) {
      throw new InvalidEventException(
          ErrorCode.INVALID_RULES, "data.run", String.valueOf(e.getMessage()));
    }
    ObjectNode answer = JSON.createObjectNode();
    answer.put("passed", result.passed());
    ArrayNode answers = answer.putArray("tests");
    for (RuleTester.Test test : result.tests()) {
      ArrayNode failures = answers.addObject().put("name", test.name()).putArray("failures");
      test.failures().forEach(failures::add);
    }
    ArrayNode problems = answer.putArray("problems");
    result.problems().forEach(problems::add);
    ArrayNode warnings = answer.putArray("warnings");
    result.warnings().forEach(warnings::add);
    return answer;
  }

  private Map<String, String> ruleFiles(Fields fields) throws InvalidEventException {
    Map<String, String> files = new HashMap<>();
    if (!fields.has("files")) {
      requireLoaded();
      service.book().files().forEach((name, groups) -> files.put(name, printed(groups)));
      return files;
    }
    if (!(fields.node("files") instanceof ObjectNode given)) {
      throw new InvalidEventException(
          ErrorCode.INVALID_RULES, "data.files", "must be an object: texts by names of files");
    }
    for (Map.Entry<String, JsonNode> file : given.properties()) {
      if (!file.getValue().isString()) {
        throw new InvalidEventException(
            ErrorCode.INVALID_RULES, "data.files." + file.getKey(), "must be a string");
      }
      files.put(file.getKey(), file.getValue().asString());
    }
    return files;
  }

  private static String printed(List<StoredGroup> groups) {
    return RuleFileWriter.write(new RuleFile(groups.stream().map(StoredGroup::whole).toList()));
  }

  private static void problems(ArrayNode into, List<RuleFileProblem> problems) {
    for (RuleFileProblem problem : problems) {
      into.addObject()
          .put("line", problem.line())
          .put("column", problem.column())
          .put("error", problem.text());
    }
  }

  private ObjectNode delete(Request request) throws InvalidEventException {
    requireLoaded();
    RuleFilter filter = RuleFilter.of(request.fields());
    String file = request.fields().requireString("file");
    if (filter.rule() != null) {
      throw new InvalidEventException(
          ErrorCode.UNKNOWN_ACTION,
          "data.rule",
          "whole groups are deleted; a rule alone can be deactivated");
    }
    int before = service.book().ruleCount();
    RuleBook after = change(request, book -> book.without(file, g -> filter.group(file, g.name())));
    int deleted = before - after.ruleCount();
    if (deleted == 0) {
      throw unknown(filter.group() == null ? "data.file" : "data.group", "no such rules are kept");
    }
    return JSON.createObjectNode().put("file", file).put("deleted", deleted);
  }

  private ObjectNode activate(Request request, boolean active) throws InvalidEventException {
    requireLoaded();
    RuleFilter filter = RuleFilter.of(request.fields());
    String file = request.fields().requireString("file");
    long matching =
        service.book().files().getOrDefault(file, List.of()).stream()
            .filter(group -> filter.group(file, group.name()))
            .flatMap(group -> group.rules().stream())
            .filter(stored -> filter.rule(stored.rule().name()))
            .count();
    if (matching == 0) {
      throw unknown("data.file", "no such rules are kept");
    }
    long now = clock.millis();
    change(
        request,
        book ->
            book.withActive(
                file,
                group -> filter.group(file, group.name()),
                stored -> filter.rule(stored.rule().name()),
                active,
                now,
                request.service()));
    return JSON.createObjectNode().put("file", file).put("rules", matching).put("active", active);
  }

  private RuleBook change(Request request, UnaryOperator<RuleBook> change)
      throws InvalidEventException {
    requireLoaded();
    try {
      return service.change(change, request.correlationId());
    } catch (IOException e) {
      throw new InvalidEventException(
          ErrorCode.STORAGE_UNAVAILABLE, "", "the rules are not safe on disk: " + e.getMessage());
    }
  }

  private void requireLoaded() throws InvalidEventException {
    if (!service.awaitFirstLoad()) {
      throw new InvalidEventException(
          ErrorCode.STORAGE_UNAVAILABLE, "", "the rules have not been read from the database yet");
    }
  }

  private static InvalidEventException unknown(String field, String message) {
    return new InvalidEventException(ErrorCode.UNKNOWN_RULES, field, message);
  }

  private ObjectNode check(Request request) throws InvalidEventException {
    requireLoaded();
    RuleFilter filter = RuleFilter.of(request.fields());
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode changes = JSON.createArrayNode();
    ArrayNode errors = JSON.createArrayNode();
    int groups = 0;
    int rules = 0;
    for (LoadedGroup loaded : service.scheduler().groups()) {
      PreparedGroup group = loaded.group;
      if (!filter.group(group.file(), group.name())) {
        continue;
      }
      GroupResult result = service.scheduler().evaluateAll(loaded, request.correlationId());
      groups++;
      if (result == null) {
        addError(errors, group, null, "the evaluation failed: the service's log says more");
        continue;
      }
      for (RuleOutcome outcome : result.outcomes()) {
        String name = group.rules().get(outcome.rule()).name();
        if (filter.rule(name)) {
          rules++;
          outcome.changes().forEach(change -> addChange(changes, group, change));
          if (outcome.error() != null) {
            addError(errors, group, name, outcome.error());
          }
        }
      }
    }
    service.flush();
    answer.put("groups", groups).put("rules", rules);
    answer.set("changes", changes);
    answer.set("errors", errors);
    return answer;
  }

  private static void addChange(ArrayNode into, PreparedGroup group, AlertChange change) {
    String status =
        switch (change) {
          case AlertChange.Pending _ -> "pending";
          case AlertChange.Fired _, AlertChange.Kept _ -> "firing";
          case AlertChange.Resolved _ -> "resolved";
          case AlertChange.Dropped _ -> "inactive";
        };
    ObjectNode node = into.addObject();
    node.put("rule", change.alert().labels().get(AlertTracker.ALERT_NAME));
    node.put("group", group.name()).put("file", group.file()).put("status", status);
    ObjectNode labels = node.putObject("labels");
    change.alert().labels().forEach(labels::put);
  }

  private static void addError(
      ArrayNode into, PreparedGroup group, @Nullable String rule, String error) {
    ObjectNode node = into.addObject();
    if (rule != null) {
      node.put("rule", rule);
    }
    node.put("group", group.name()).put("file", group.file()).put("error", error);
  }

  /** Takes no more requests and answers those that wait. */
  @Override
  public void close() {
    requests.close();
  }
}
