package dnd.metrics.server;

import dnd.metrics.server.announce.route.AlertsConfigReader;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.ingest.IngestLimits;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.query.QueryLimits;
import dnd.metrics.server.yaml.YamlException;
import dnd.metrics.server.yaml.YamlFile;
import dnd.metrics.server.yaml.YamlMapping;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a {@link Config} from YAML: what is not set keeps its default. */
public final class ConfigReader {
  /** A name is a key of a table: it may have 2700 bytes in PostgreSQL, three for each character. */
  private static final int LONGEST_NAME = 800;

  private final Secrets secrets;

  /**
   * @param environment where <code>${NAME}</code> in passwords and tokens is looked up
   */
  public ConfigReader(Map<String, String> environment) {
    this.secrets = new Secrets(environment);
  }

  /**
   * @throws IOException where the file cannot be read
   * @throws YamlException with all that is wrong in it
   */
  public Config read(Path file) throws IOException, YamlException {
    return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
  }

  Config parse(String file, String text) throws YamlException {
    YamlFile yaml = YamlFile.parse(file, text);
    YamlMapping root = yaml.root();
    Config defaults = Config.defaults();

    Optional<YamlMapping> service = root.mapping("service");
    String name = service.flatMap(mapping -> mapping.string("name")).orElse(defaults.serviceName());
    if (!name.matches("[A-Za-z0-9_-]+")) {
      service.ifPresent(mapping ->
          mapping.problem("name", "service.name may have letters, digits, _ and - only"));
      name = defaults.serviceName();
    }
    List<String> operators =
        service.map(mapping -> readOperators(mapping, defaults)).orElse(defaults.operators());
    Set<String> patterns = new LinkedHashSet<>();
    service
        .flatMap(mapping -> mapping.mapping("message_hub"))
        .ifPresent(mapping -> patterns.addAll(readServiceHub(mapping)));
    HubConfigReader hub = new HubConfigReader(secrets);
    Optional<YamlMapping> hubMapping = root.mapping("message_hub");
    hubMapping.ifPresent(
        mapping -> patterns.addAll(Subjects.readPatterns(mapping, "subscriptions")));
    StorageSettings storage =
        StorageConfigReader.read(
            service.flatMap(mapping -> mapping.mapping("storage")),
            root.mapping("storage"),
            secrets);
    service.ifPresent(YamlMapping::finish);
    Optional<YamlMapping> limits = root.mapping("limits");
    Optional<YamlMapping> queries = root.mapping("queries");
    long timeoutMillis =
        queries
            .flatMap(mapping -> mapping.duration("timeout"))
            .map(Duration::toMillis)
            .orElse(defaults.engine().timeoutMillis());
    Config config =
        new Config(
            name,
            new ArrayList<>(patterns),
            operators,
            hubMapping.map(mapping -> hub.read(mapping, defaults.hub())).orElse(defaults.hub()),
            limits.map(mapping -> readHead(mapping, defaults.head())).orElse(defaults.head()),
            limits.map(mapping -> readIngest(mapping, defaults.ingest())).orElse(defaults.ingest()),
            queries
                .map(mapping -> readEngine(mapping, defaults.engine(), timeoutMillis))
                .orElse(defaults.engine()),
            queries
                .map(mapping -> readLimits(mapping, defaults.queries(), timeoutMillis))
                .orElse(defaults.queries()),
            storage,
            root.mapping("rules")
                .map(new RulesConfigReader(secrets)::read)
                .orElse(defaults.rules()),
            root.mapping("alerts").map(AlertsConfigReader::read).orElse(defaults.alerts()));
    limits.ifPresent(YamlMapping::finish);
    queries.ifPresent(YamlMapping::finish);
    root.finish();
    yaml.problems().throwIfAny();
    return config;
  }

  private static List<String> readOperators(YamlMapping mapping, Config defaults) {
    if (mapping.isEmptyList("operators")) {
      return List.of(); // nobody
    }
    List<String> operators = mapping.strings("operators");
    for (String service : operators) {
      if (!service.matches("[^\\s.*>]+")) {
        mapping.problem(
            "operators",
            "'" + service + "' is no service: one token, without dots, *, > and blanks");
      }
    }
    return operators.isEmpty() ? defaults.operators() : operators;
  }

  private static List<String> readServiceHub(YamlMapping mapping) {
    if (!mapping.bool("required").orElse(true)) {
      mapping.problem(
          "required", "service.message_hub.required must be true: the hub is the only way in");
    }
    List<String> patterns = Subjects.readPatterns(mapping, "events");
    mapping.finish();
    return patterns;
  }

  private static HeadOptions readHead(YamlMapping mapping, HeadOptions defaults) {
    return new HeadOptions(
        mapping.duration("out_of_order_window").orElse(defaults.outOfOrderWindow()),
        mapping.duration("future_tolerance").orElse(defaults.futureTolerance()),
        mapping
            .integer("series_per_service", 1, 100_000_000)
            .orElse(defaults.seriesLimitPerService()),
        mapping
            .integer("senders_per_service", 1, 100_000_000)
            .orElse(defaults.senderLimitPerService()),
        defaults.segmentBytes(),
        defaults.checkpointBytes());
  }

  private static IngestLimits readIngest(YamlMapping mapping, IngestLimits defaults) {
    return new IngestLimits(
        mapping.integer("metrics_per_event", 1, 10_000_000).orElse(defaults.maxMetricsPerEvent()),
        mapping.integer("labels_per_series", 3, 1000).orElse(defaults.maxLabelsPerSeries()),
        mapping.integer("name_length", 1, LONGEST_NAME).orElse(defaults.maxNameChars()),
        mapping.integer("label_value_length", 1, 65_535).orElse(defaults.maxLabelValueChars()),
        mapping.integer("buckets_per_histogram", 1, 100_000).orElse(defaults.maxBuckets()),
        defaults.learnedBytes());
  }

  private static EngineOptions readEngine(
      YamlMapping mapping, EngineOptions defaults, long timeoutMillis) {
    long heapBytes = Runtime.getRuntime().maxMemory();
    return new EngineOptions(
        timeoutMillis,
        mapping.duration("lookback").map(Duration::toMillis).orElse(defaults.lookbackMillis()),
        mapping.bytes("memory_per_query", 1 << 20, heapBytes).orElse(defaults.queryMemoryBytes()),
        mapping.bytes("memory_total", 1 << 20, heapBytes).orElse(defaults.totalMemoryBytes()),
        mapping.integer("samples_per_query", 1L, 1_000_000_000_000L).orElse(defaults.sampleLimit()),
        mapping
            .duration("subquery_step")
            .map(Duration::toMillis)
            .orElse(defaults.subqueryStepMillis()),
        defaults.clock());
  }

  private static QueryLimits readLimits(
      YamlMapping mapping, QueryLimits defaults, long longestMillis) {
    long usualMillis =
        mapping
            .duration("default_timeout")
            .map(Duration::toMillis)
            .orElse(Math.min(defaults.timeoutMillis(), longestMillis));
    if (usualMillis > longestMillis) {
      mapping.problem("default_timeout", "queries.default_timeout is longer than queries.timeout");
      usualMillis = longestMillis;
    }
    return new QueryLimits(
        mapping.integer("max_running", 1, 10_000).orElse(defaults.maxRunning()),
        mapping.integer("max_queued", 1, 1_000_000).orElse(defaults.maxQueued()),
        usualMillis,
        longestMillis,
        mapping.integer("max_steps", 1, 10_000_000).orElse(defaults.maxSteps()));
  }
}
