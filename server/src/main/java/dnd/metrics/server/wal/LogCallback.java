package dnd.metrics.server.wal;

import java.io.IOException;

/**
 * Learns what became of a record that was handed to the log. Exactly one of the two methods is
 * called, once, on the log's own thread: it must be short and must not block, since every other
 * record waits behind it.
 */
public interface LogCallback {
  /** Of a record that nobody waits for. */
  LogCallback NOBODY =
      new LogCallback() {
        @Override
        public void committed() {}

        @Override
        public void failed(IOException reason) {}
      };

  /** The record, and every record before it, is on disk: written and forced. */
  void committed();

  /**
   * The record could not be written or forced. It is kept in memory and will be written as soon as
   * the disk allows; until then it would not survive a crash.
   */
  void failed(IOException reason);
}
