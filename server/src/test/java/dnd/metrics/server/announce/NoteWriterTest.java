package dnd.metrics.server.announce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.MemoryDatabase;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoteWriterTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Does not take the first write. */
  private static final class FaultyDatabase extends MemoryDatabase {
    volatile boolean asked;

    @Override
    public synchronized void write(List<Change> changes) throws IOException {
      if (!asked) {
        asked = true;
        throw new LinkageError("for now");
      }
      super.write(changes);
    }
  }

  private static List<Change> note(String alert) {
    return List.of(
        new Change.Put(
            Table.ANNOUNCEMENTS,
            Row.builder().text("alert_id", alert).text("kind", "triggered").build()));
  }

  @Test
  void anErrorDoesNotEndIt() {
    FaultyDatabase database = new FaultyDatabase();
    try (NoteWriter writer = new NoteWriter(database)) {
      writer.add(note("a"));
      await().atMost(PATIENCE).until(() -> database.asked);
      writer.add(note("b"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(database.rows(Table.ANNOUNCEMENTS))
                  .extracting(row -> row.text("alert_id"))
                  .containsExactly("b"));
    }
  }
}
