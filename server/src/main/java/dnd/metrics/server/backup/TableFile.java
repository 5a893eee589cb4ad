package dnd.metrics.server.backup;

import dnd.metrics.events.Timestamps;
import dnd.metrics.server.database.Column;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rows of one table as JSON Lines: an object for each, with the columns that hold something.
 * Times are RFC 3339, JSON documents strings, since they come back as they were; NaN and the
 * infinities are strings too.
 */
final class TableFile {
  /** A column with a JSON document is one text here, and as long as the document. */
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .build();

  /** Takes a row. */
  @FunctionalInterface
  interface RowConsumer {
    void accept(Row row) throws IOException;
  }

  private TableFile() {}

  static void write(Path file, Table table, List<Row> rows) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      for (Row row : rows) {
        out.write(JSON.writeValueAsString(toJson(table, row)));
        out.write('\n');
      }
    }
  }

  private static ObjectNode toJson(Table table, Row row) {
    ObjectNode json = JSON.createObjectNode();
    for (Column column : table.columns()) {
      String name = column.name();
      if (row.has(name)) {
        switch (column.type()) {
          case TEXT, JSON -> json.put(name, row.text(name));
          case INTEGER -> json.put(name, row.integer(name));
          case BOOLEAN -> json.put(name, row.bool(name));
          case TIME -> json.put(name, Timestamps.format(row.timeMillis(name)));
          case REAL -> {
            double value = row.real(name);
            if (Double.isFinite(value)) {
              json.put(name, value);
            } else {
              json.put(name, Double.toString(value));
            }
          }
        }
      }
    }
    return json;
  }

  /**
   * Hands over the rows one by one.
   *
   * @throws BackupException where a line is no row of the table
   */
  static void read(Path file, Table table, RowConsumer rows) throws IOException {
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        try {
          rows.accept(fromJson(table, JSON.readTree(line)));
        } catch (JacksonException | IllegalArgumentException e) {
          throw new BackupException(file + ":" + number + ": " + e.getMessage(), e);
        }
      }
    }
  }

  private static Row fromJson(Table table, JsonNode json) {
    Row.Builder row = Row.builder();
    for (var property : json.properties()) {
      String name = property.getKey();
      JsonNode value = property.getValue();
      Column column =
          table
              .column(name)
              .orElseThrow(
                  () -> new IllegalArgumentException("table " + table + " has no column " + name));
      switch (column.type()) {
        case TEXT -> row.text(name, value.stringValue());
        case JSON -> row.json(name, value.stringValue());
        case INTEGER -> row.integer(name, value.longValue());
        case BOOLEAN -> row.bool(name, value.booleanValue());
        case TIME -> row.timeMillis(name, Timestamps.parse(value.stringValue()));
        case REAL ->
            row.real(
                name, value.isString() ? Double.valueOf(value.stringValue()) : value.doubleValue());
      }
    }
    return row.build();
  }
}
