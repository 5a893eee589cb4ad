package dnd.metrics.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Holds the table of ARCHITECTURE.md: package → packages of ours that it may use. */
class PackageTableTest {
  private static final String ROOT = "dnd.metrics.server";
  private static final String EVENTS = "dnd.metrics.events";

  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("model", Set.of()),
          Map.entry("chunk", Set.of("model")),
          Map.entry("index", Set.of("model")),
          Map.entry("disk", Set.of()),
          Map.entry("upkeep", Set.of()),
          Map.entry("wal", Set.of("model", "chunk", "disk", "upkeep")),
          Map.entry("block", Set.of("model", "chunk", "disk")),
          Map.entry("head", Set.of("model", "chunk", "index", "disk", "upkeep", "wal", "block")),
          Map.entry("objects", Set.of("disk")),
          Map.entry(
              "storage", Set.of("model", "chunk", "disk", "upkeep", "block", "head", "objects")),
          Map.entry(
              "storage.request",
              Set.of(
                  "model",
                  "block",
                  "head",
                  "storage",
                  "request",
                  "events",
                  "yaml",
                  "promql.parse")),
          Map.entry("database", Set.of("disk", "wal")),
          Map.entry("metadata", Set.of("database", "head")),
          Map.entry("status", Set.of("database", "head", "storage", "request", "events")),
          Map.entry(
              "backup",
              Set.of("database", "head", "disk", "wal", "block", "storage", "request", "events")),
          Map.entry("promql.parse", Set.of("model")),
          Map.entry("promql.plan", Set.of("model", "promql.parse")),
          Map.entry("promql.exec", Set.of("model", "promql.parse", "promql.plan")),
          Map.entry("promql.test", Set.of("model", "promql.parse", "promql.plan", "promql.exec")),
          Map.entry("yaml", Set.of("events")),
          Map.entry("announce.route", Set.of("model", "events", "yaml")),
          Map.entry(
              "announce",
              Set.of("model", "hub", "events", "database", "upkeep", "request", "announce.route")),
          Map.entry("rules.file", Set.of("model", "yaml", "promql.parse", "rules.template")),
          Map.entry(
              "rules",
              Set.of(
                  "model",
                  "head",
                  "hub",
                  "events",
                  "request",
                  "promql.parse",
                  "promql.exec",
                  "database",
                  "announce",
                  "rules.file",
                  "rules.template")),
          Map.entry("rules.template", Set.of("model", "promql.parse")),
          Map.entry(
              "rules.unittest",
              Set.of(
                  "model",
                  "yaml",
                  "promql.parse",
                  "promql.exec",
                  "promql.test",
                  "rules",
                  "rules.file",
                  "rules.template")),
          Map.entry("demo", Set.of("events", "telemetry")),
          Map.entry("telemetry", Set.of("model", "hub", "events")),
          Map.entry("dashboards", Set.of("hub", "events", "request", "database")),
          Map.entry("exposition", Set.of("events")),
          Map.entry("terminal", Set.of("events", "model")),
          Map.entry("hub", Set.of()),
          Map.entry("hub.embedded", Set.of("hub", "upkeep")),
          Map.entry("request", Set.of("hub", "events", "upkeep")),
          Map.entry("ingest", Set.of("model", "head", "hub", "events")),
          Map.entry(
              "query",
              Set.of(
                  "model",
                  "head",
                  "upkeep",
                  "hub",
                  "events",
                  "promql.parse",
                  "promql.plan",
                  "promql.exec")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void everyPackageUsesOnlyWhatTheTableAllows() {
    Set<String> wrong = new TreeSet<>();
    Set<String> seen = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      String from = packageOf(type);
      seen.add(from);
      Set<String> allowed = MAY_USE.get(from);
      if (allowed == null) {
        continue; // Main and the command line know all.
      }
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (!resideInAPackage(ROOT + "..").test(target)
            && !resideInAPackage(EVENTS + "..").test(target)) {
          continue;
        }
        String to = packageOf(target);
        if (!to.equals(from) && !allowed.contains(to)) {
          wrong.add(from + " → " + to + ": " + dependency.getDescription());
        }
      }
    }
    assertThat(seen).as("packages imported").contains("model", "hub");
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyPackageIsInTheTableOrKnowsAll() {
    Set<String> unknown = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      String from = packageOf(type);
      if (!MAY_USE.containsKey(from) && !Set.of("", "cli").contains(from)) {
        unknown.add(from);
      }
    }
    assertThat(unknown).isEmpty();
  }

  private static String packageOf(JavaClass type) {
    String name = type.getPackageName();
    if (name.startsWith(EVENTS)) {
      return "events";
    }
    return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1);
  }
}
