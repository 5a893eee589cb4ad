package dnd.metrics.server;

import dnd.metrics.server.announce.route.AlertsConfig;
import dnd.metrics.server.database.DatabaseOptions;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.hub.embedded.HubOptions;
import dnd.metrics.server.ingest.IngestLimits;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.query.QueryLimits;
import dnd.metrics.server.rules.RuleDefaults;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything that can be set, with what was not set filled in. {@code docs/operations.md} is its
 * reference.
 *
 * @param serviceName the queue group in which instances of the service share the work
 * @param subjectPatterns which subjects to handle, of those that {@link Subjects} knows; empty: all
 * @param operators the services that may delete others' samples and say how long they are kept
 * @param hub how the embedded hub listens
 * @param head limits of what is kept in memory
 * @param ingest how large the parts of an event may be
 * @param engine limits of the evaluation of a query
 * @param queries how many queries run and wait, and how long they may take
 * @param storage the storage service's schema and tables
 * @param rules what holds for all groups of rules
 * @param alerts what is announced of alerts, to whom, and when
 */
public record Config(
    String serviceName,
    List<String> subjectPatterns,
    List<String> operators,
    HubOptions hub,
    HeadOptions head,
    IngestLimits ingest,
    EngineOptions engine,
    QueryLimits queries,
    StorageSettings storage,
    RuleDefaults rules,
    AlertsConfig alerts) {
  public Config {
    subjectPatterns = List.copyOf(subjectPatterns);
    operators = List.copyOf(operators);
    if (!serviceName.matches("[A-Za-z0-9_-]+")) {
      throw new IllegalArgumentException(
          "service.name may have letters, digits, _ and -, not '" + serviceName + "'");
    }
  }

  public static Config defaults() {
    return new Config(
        "metrics_service",
        List.of(),
        List.of("cli"),
        HubOptions.defaults(),
        HeadOptions.DEFAULT,
        IngestLimits.DEFAULT,
        EngineOptions.defaults(),
        QueryLimits.DEFAULT,
        StorageSettings.defaults(),
        RuleDefaults.PROMETHEUS,
        AlertsConfig.DEFAULT);
  }

  public Config withHub(HubOptions newHub) {
    return new Config(
        serviceName,
        subjectPatterns,
        operators,
        newHub,
        head,
        ingest,
        engine,
        queries,
        storage,
        rules,
        alerts);
  }

  /** Where and how the storage service's tables are kept, for a data folder. */
  public DatabaseOptions databaseOptions(Path folder) {
    return DatabaseOptions.of(folder, storage.database(), storage.schema(), storage.ttl());
  }
}
