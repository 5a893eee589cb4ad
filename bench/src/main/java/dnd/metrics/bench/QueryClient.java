package dnd.metrics.bench;

import java.io.IOException;
import java.util.List;

/** Asks a system queries, one after the other. For one thread. */
interface QueryClient extends AutoCloseable {
  /** How queries reach the systems that are compared. */
  enum Kind {
    /** The official NATS client for Java, and Java's own HTTP client. */
    OFFICIAL,

    /**
     * A blocking socket in the asker's own thread, to all: what is left is the time of the server,
     * and the clients' threads do not compete with it for the cores.
     */
    BARE
  }

  /** Asks and waits for the whole answer: the bodies of its parts in order, not yet parsed. */
  List<byte[]> ask(DashboardQuery query, long fromMillis, long toMillis)
      throws IOException, InterruptedException;

  @Override
  void close() throws IOException;
}
