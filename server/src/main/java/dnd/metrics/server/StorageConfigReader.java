package dnd.metrics.server;

import dnd.metrics.events.Durations;
import dnd.metrics.server.database.DatabaseAddress;
import dnd.metrics.server.objects.ObjectAddress;
import dnd.metrics.server.storage.DownsamplingTimes;
import dnd.metrics.server.storage.ObjectSettings;
import dnd.metrics.server.storage.Retention;
import dnd.metrics.server.storage.request.RetentionText;
import dnd.metrics.server.yaml.NearestWord;
import dnd.metrics.server.yaml.YamlMapping;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@link StorageSettings} from the two places in which they may stand: {@code storage} of the
 * service (schema, names of tables) and {@code storage} at the root (database, schema, retention,
 * ttl and backup of each table). Where both name the schema they must agree.
 */
final class StorageConfigReader {
  private StorageConfigReader() {}

  static StorageSettings read(
      Optional<YamlMapping> ofService, Optional<YamlMapping> ofRoot, Secrets secrets) {
    StorageSettings defaults = StorageSettings.defaults();
    Map<String, TableSettings> tables = new LinkedHashMap<>(defaults.tables());
    Optional<String> serviceSchema = ofService.flatMap(StorageConfigReader::readSchema);
    Optional<String> rootSchema = ofRoot.flatMap(StorageConfigReader::readSchema);
    ofService.ifPresent(mapping -> {
      for (String table : mapping.strings("tables")) {
        checkKnown(mapping, "tables", table, tables.keySet());
      }
      mapping.finish();
    });
    Optional<DatabaseAddress> database =
        ofRoot.flatMap(mapping ->
            mapping.read("database", text -> DatabaseAddress.parse(text, secrets::filledIn)));
    Retention retention =
        ofRoot
            .flatMap(mapping -> mapping.mapping("retention"))
            .map(RetentionText::read)
            .orElse(defaults.retention());
    ObjectSettings objects =
        ofRoot.map(mapping -> readObjects(mapping, defaults.objects())).orElse(defaults.objects());
    DownsamplingTimes downsampling =
        ofRoot
            .flatMap(mapping -> mapping.mapping("downsampling"))
            .map(StorageConfigReader::readDownsampling)
            .orElse(defaults.downsampling());
    ofRoot.ifPresent(mapping -> {
      mapping.mapping("tables").ifPresent(list -> readTables(list, tables));
      if (serviceSchema.isPresent()
          && rootSchema.isPresent()
          && !serviceSchema.get().equals(rootSchema.get())) {
        mapping.problem(
            "schema",
            "storage.schema is '%s', but service.storage.schema is '%s'"
                .formatted(rootSchema.get(), serviceSchema.get()));
      }
      mapping.finish();
    });
    return new StorageSettings(
        database.orElse(defaults.database()),
        rootSchema.or(() -> serviceSchema).orElse(defaults.schema()),
        tables,
        retention,
        objects,
        downsampling);
  }

  private static ObjectSettings readObjects(YamlMapping mapping, ObjectSettings defaults) {
    Optional<ObjectAddress> address =
        mapping.string("objects").filter("none"::equals).isPresent()
            ? Optional.empty()
            : mapping.read("objects", ObjectAddress::parse);
    long cacheBytes =
        mapping.bytes("objects_cache", 1 << 20, Long.MAX_VALUE - 1).orElse(defaults.cacheBytes());
    Optional<Retention> local = mapping.mapping("local").map(RetentionText::readPlain);
    return new ObjectSettings(
        address,
        cacheBytes,
        local.map(Retention::keptMillis).orElse(defaults.localMillis()),
        local.map(Retention::mostBytes).orElse(defaults.localBytes()));
  }

  private static Optional<Long> readKept(YamlMapping mapping, String key) {
    return mapping
        .read(key, StorageConfigReader::readTtl)
        .map(time -> time.map(Duration::toMillis).orElse(Retention.FOR_EVER));
  }

  private static DownsamplingTimes readDownsampling(YamlMapping mapping) {
    Map<Long, Long> kept = new LinkedHashMap<>();
    readKept(mapping, "5m").ifPresent(time -> kept.put(DownsamplingTimes.FIVE_MINUTES, time));
    readKept(mapping, "1h").ifPresent(time -> kept.put(DownsamplingTimes.ONE_HOUR, time));
    mapping.finish();
    return new DownsamplingTimes(kept);
  }

  private static Optional<String> readSchema(YamlMapping mapping) {
    return mapping.read(
        "schema",
        text -> {
          if (!text.matches("[A-Za-z_][A-Za-z0-9_]{0,62}")) {
            throw new IllegalArgumentException(
                "'" + text + "' is no name of a schema (letters, digits and _, at most 63)");
          }
          return text;
        });
  }

  private static void readTables(YamlMapping list, Map<String, TableSettings> tables) {
    Set<String> known = Set.copyOf(tables.keySet());
    for (String name : list.keys()) {
      if (!checkKnown(list, name, name, known)) {
        continue;
      }
      TableSettings defaults = tables.getOrDefault(name, TableSettings.KEPT);
      list.mapping(name)
          .ifPresent(table -> {
            Optional<Duration> ttl =
                table.has("ttl")
                    ? table.read("ttl", StorageConfigReader::readTtl).orElse(defaults.ttl())
                    : defaults.ttl();
            tables.put(
                name, new TableSettings(ttl, table.bool("backup").orElse(defaults.backup())));
            table.finish();
          });
    }
  }

  private static Optional<Duration> readTtl(String text) {
    if (text.equals("none")) {
      return Optional.empty();
    }
    Long millis = Durations.parse(text);
    if (millis == null || millis == 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is neither none nor a duration such as 180d");
    }
    return Optional.of(Duration.ofMillis(millis));
  }

  private static boolean checkKnown(
      YamlMapping mapping, String key, String table, Set<String> known) {
    if (known.contains(table)) {
      return true;
    }
    String hint =
        NearestWord.of(table, known)
            .map(nearest -> "; did you mean '" + nearest + "'?")
            .orElse("; known: " + String.join(", ", known));
    mapping.problem(key, "unknown table '" + table + "'" + hint);
    return false;
  }
}
