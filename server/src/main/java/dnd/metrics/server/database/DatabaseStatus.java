package dnd.metrics.server.database;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How the database does at one moment.
 *
 * @param kind what it is, for people: {@code SQLite}, {@code PostgreSQL 18.1} ...
 * @param place where it is, without secrets
 * @param state whether the tables can be read and follow the journal
 * @param problem why they cannot, or what is in the way of the journal; null when all is well
 * @param awaySinceMillis since when the tables are away, in Unix milliseconds; empty when they are
 *     not
 * @param waitingWrites how many writes are in the journal and not yet in the tables
 * @param oldestWaitingMillis when the oldest of them was written; empty where none waits
 * @param refusedWrites how many writes the database refused for what they hold: they are set aside
 *     in the data folder
 * @param waitingBytes how much the waiting writes take in the journal
 */
public record DatabaseStatus(
    String kind,
    String place,
    State state,
    @Nullable String problem,
    OptionalLong awaySinceMillis,
    long waitingWrites,
    OptionalLong oldestWaitingMillis,
    long refusedWrites,
    long waitingBytes) {
  /** What the tables are doing. */
  public enum State {
    /** Being connected to for the first time, and brought to this version's schema. */
    OPENING,
    AVAILABLE,
    AWAY
  }

  public boolean isAvailable() {
    return state == State.AVAILABLE;
  }
}
