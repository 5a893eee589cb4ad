package dnd.metrics.server.announce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.MemoryDatabase;
import dnd.metrics.server.database.NotTakenException;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.database.UnspeakableError;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NoteWriterTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Does not take the first write. */
  private static final class FaultyDatabase extends MemoryDatabase {
    private final Error fault;
    volatile boolean asked;

    FaultyDatabase(Error fault) {
      this.fault = fault;
    }

    @Override
    public synchronized void write(List<Change> changes) throws IOException {
      if (!asked) {
        asked = true;
        throw fault;
      }
      super.write(changes);
    }
  }

  /** Takes few notes at a time, and no write at all for a while. */
  private static final class NarrowDatabase extends MemoryDatabase {
    private int refusals;

    NarrowDatabase(int refusals) {
      this.refusals = refusals;
    }

    @Override
    public synchronized void write(List<Change> changes) throws IOException {
      if (refusals-- > 0) {
        throw new NotTakenException("too much waits", new IOException("no space left"));
      }
      if (changes.size() > 1000 || changes.equals(note("n7"))) {
        throw new IllegalArgumentException("a write of " + changes.size() + " changes");
      }
      if (changes.containsAll(note("n7"))) {
        throw new IllegalArgumentException("no place for n7");
      }
      super.write(changes);
    }
  }

  @Test
  void whatIsTooMuchForOneWriteIsSplit() {
    int count = 25_000;
    NarrowDatabase database = new NarrowDatabase(0);
    List<Change> notes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      notes.addAll(note("n" + i));
    }
    try (NoteWriter writer = new NoteWriter(database)) {
      writer.add(notes);
      writer.flush();
    }
    assertThat(database.rows(Table.ANNOUNCEMENTS))
        .as("all but the one that nothing can be done with")
        .hasSize(count - 1);
  }

  @Test
  void whatTheDatabaseDoesNotTakeIsTriedAgain() {
    NarrowDatabase database = new NarrowDatabase(2);
    try (NoteWriter writer = new NoteWriter(database)) {
      writer.add(note("a"));
      writer.flush();
      assertThat(database.rows(Table.ANNOUNCEMENTS)).hasSize(1);
    }
  }

  @Test
  void aDatabaseThatTakesNothingDoesNotKeepItFromClosing() {
    NarrowDatabase database = new NarrowDatabase(Integer.MAX_VALUE);
    NoteWriter writer = new NoteWriter(database);
    writer.add(note("a"));
    writer.close();
    assertThat(database.rows(Table.ANNOUNCEMENTS)).isEmpty();
    assertThat(writer.waiting()).isZero();
  }

  @Test
  void whoWaitsUntilItIsNotedDoesNotWaitForADatabaseThatTakesNothing() throws Exception {
    try (NoteWriter writer = new NoteWriter(new NarrowDatabase(Integer.MAX_VALUE))) {
      writer.awaitNoted();
      writer.add(note("a"));
      assertThatThrownBy(writer::awaitNoted).isInstanceOf(IOException.class);
    }
    MemoryDatabase database = new MemoryDatabase();
    try (NoteWriter writer = new NoteWriter(database)) {
      writer.add(note("a"));
      writer.awaitNoted();
      assertThat(database.rows(Table.ANNOUNCEMENTS)).hasSize(1);
    }
  }

  private static List<Change> note(String alert) {
    return List.of(
        new Change.Put(
            Table.ANNOUNCEMENTS,
            Row.builder().text("alert_id", alert).text("kind", "triggered").build()));
  }

  static Stream<Arguments> errors() {
    return Stream.of(
        Arguments.of(new LinkageError("for now"), List.of("b")),
        Arguments.of(new UnspeakableError(), List.of("a", "b")),
        Arguments.of(new OutOfMemoryError("for now"), List.of("a", "b")));
  }

  /** Where memory was missing the same notes are written again. */
  @ParameterizedTest(name = "{index}")
  @MethodSource("errors")
  void anErrorDoesNotEndIt(Error error, List<String> written) {
    FaultyDatabase database = new FaultyDatabase(error);
    try (NoteWriter writer = new NoteWriter(database)) {
      writer.add(note("a"));
      await().atMost(PATIENCE).until(() -> database.asked);
      writer.add(note("b"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(database.rows(Table.ANNOUNCEMENTS))
                  .extracting(row -> row.text("alert_id"))
                  .containsExactlyElementsOf(written));
    }
  }
}
