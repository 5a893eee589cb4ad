package dnd.metrics.client;

/** The clocks of a client: one for timestamps, and one that never goes back, for waiting. */
interface ClientClock {
  ClientClock SYSTEM =
      new ClientClock() {
        @Override
        public long wallMillis() {
          return System.currentTimeMillis();
        }

        @Override
        public long millis() {
          return System.nanoTime() / 1_000_000;
        }
      };

  /** Unix milliseconds. */
  long wallMillis();

  /** Milliseconds since any moment; never less than before. */
  long millis();
}
