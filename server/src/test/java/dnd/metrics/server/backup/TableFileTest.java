package dnd.metrics.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableFileTest {
  @TempDir Path folder;

  private List<Row> read(Path file) throws IOException {
    List<Row> rows = new ArrayList<>();
    TableFile.read(file, Table.ALERTS, rows::add);
    return rows;
  }

  @Test
  void aRowComesBackHoweverLongItsDocumentsAre() throws IOException {
    String document = "[\"" + "\\\"x".repeat(700_000) + "\"]"; // 2 Mi characters, many escaped
    Row large =
        Row.builder()
            .text("id", "large")
            .json("labels", "{}")
            .json("annotations", document)
            .build();
    Row small = Row.builder().text("id", "small").real("value", Double.NaN).build();
    Path file = folder.resolve("alerts.jsonl");
    TableFile.write(file, Table.ALERTS, List.of(large, small));
    assertThat(read(file)).isEqualTo(List.of(large, small));
  }

  @Test
  void aLineThatIsNoRowIsNamed() throws IOException {
    Path file = folder.resolve("alerts.jsonl");
    Files.writeString(file, "{\"id\":\"a\"}\n{\"id\":\"b\",\"mood\":\"bad\"}\n");
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BackupException.class)
        .hasMessage(file + ":2: table alerts has no column mood");
  }
}
