package dnd.metrics.server.backup;

import dnd.metrics.events.StrictJson;
import dnd.metrics.events.Timestamps;
import dnd.metrics.server.storage.FarBlocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a backup says of itself in {@code manifest.json}.
 *
 * @param createdAtMillis when it was begun, in Unix milliseconds
 * @param version of the program that made it
 * @param database what the tables were in
 * @param rows how many rows of each table it holds, by the table's name
 * @param logFiles how many files of the write-ahead log it holds
 * @param logBytes and their size
 * @param blocks how many blocks it holds
 * @param blockBytes and their size
 * @param downsampledBlocks how many downsampled blocks it holds
 * @param far what it does not hold, since it is in an object store only; empty without one
 */
public record Manifest(
    long createdAtMillis,
    String version,
    String database,
    Map<String, Long> rows,
    int logFiles,
    long logBytes,
    int blocks,
    long blockBytes,
    int downsampledBlocks,
    Optional<FarBlocks> far) {
  static final String FILE = "manifest.json";
  private static final int FORMAT = 1;

  public Manifest {
    rows = Collections.unmodifiableMap(new LinkedHashMap<>(rows));
  }

  public ObjectNode toJson() {
    ObjectNode json = StrictJson.mapper().createObjectNode();
    json.put("format", FORMAT);
    json.put("created_at", Timestamps.format(createdAtMillis));
    json.put("version", version);
    json.put("database", database);
    ObjectNode tables = json.putObject("tables");
    rows.forEach(tables::put);
    json.put("log_files", logFiles);
    json.put("log_bytes", logBytes);
    json.put("blocks", blocks);
    json.put("block_bytes", blockBytes);
    json.put("downsampled_blocks", downsampledBlocks);
    far.ifPresent(store -> {
      ObjectNode objects = json.putObject("objects");
      objects.put("address", store.address());
      if (store.problem() != null) {
        objects.put("problem", store.problem());
      }
      ArrayNode names = objects.putArray("blocks");
      store.names().forEach(names::add);
    });
    return json;
  }

  /**
   * Reads the manifest of a backup.
   *
   * @throws BackupException where the folder is no backup, or one of another format
   */
  static Manifest read(Path folder) throws IOException {
    try {
      return of(folder, StrictJson.mapper().readTree(Files.readString(folder.resolve(FILE))));
    } catch (NoSuchFileException e) {
      throw new BackupException(folder + " is no backup: it has no " + FILE, e);
    } catch (JacksonException e) {
      throw new BackupException(folder.resolve(FILE) + " is damaged: " + e.getMessage(), e);
    }
  }

  private static Manifest of(Path folder, JsonNode json) throws BackupException {
    int format = json.path("format").asInt(0);
    Long createdAt = Timestamps.parse(json.path("created_at").asString(""));
    if (format != FORMAT || createdAt == null) {
      throw new BackupException(
          folder + " is a backup of format " + format + ", which this program does not know");
    }
    Map<String, Long> rows = new LinkedHashMap<>();
    json.path("tables").properties().forEach(e -> rows.put(e.getKey(), e.getValue().asLong()));
    return new Manifest(
        createdAt,
        json.path("version").asString(""),
        json.path("database").asString(""),
        rows,
        json.path("log_files").asInt(0),
        json.path("log_bytes").asLong(0),
        json.path("blocks").asInt(0),
        json.path("block_bytes").asLong(0),
        json.path("downsampled_blocks").asInt(0),
        far(json.path("objects")));
  }

  private static Optional<FarBlocks> far(JsonNode objects) {
    if (!objects.isObject()) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>();
    objects.path("blocks").forEach(name -> names.add(name.asString("")));
    JsonNode problem = objects.path("problem");
    return Optional.of(
        new FarBlocks(
            objects.path("address").asString(""),
            problem.isString() ? problem.stringValue() : null,
            names));
  }
}
