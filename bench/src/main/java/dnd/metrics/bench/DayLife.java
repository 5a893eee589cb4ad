package dnd.metrics.bench;

import java.io.IOException;
import java.net.URI;

/**
 * The service in {@code bench day} from a start to its end, which may be a {@code kill -9}, with
 * who pushes to it and asks it meanwhile. For one thread.
 */
final class DayLife implements AutoCloseable {
  private final ServerProcess server;
  private final Workers workers;
  private final WireConnection publisher;
  private final OwnReports own;
  private final HubQueries asking;
  private final HubQueries counting;
  private final Thread replies;
  private final Thread publishing;
  private final Thread queries;
  private volatile boolean ended;
  private volatile boolean killed;

  /** Begins to push and to ask. */
  DayLife(
      ServerProcess server,
      Workers workers,
      EventsInFlight pushes,
      DayPublisher events,
      DayQueries questions)
      throws IOException, InterruptedException {
    this.server = server;
    this.workers = workers;
    URI hub = server.hub();
    publisher = new WireConnection(hub);
    own = new OwnReports(hub);
    asking = new HubQueries(hub);
    counting = new HubQueries(hub);
    publisher.subscribe("_INBOX.soak.*", 1);
    publishing =
        start("publisher", () -> events.publish(publisher, () -> ended || workers.hasFailed()));
    replies = start("replies", () -> publisher.readAll(pushes::reply));
    queries = start("queries", () -> questions.run(asking, () -> ended));
  }

  /** What breaks because the service was killed is no failure. */
  private Thread start(String what, Workers.Work work) {
    return workers.start(
        what,
        () -> {
          try {
            work.run();
          } catch (IOException | RuntimeException e) {
            if (!killed) {
              throw e;
            }
          }
        });
  }

  boolean isPublishing() {
    return publishing.isAlive();
  }

  OwnReports own() {
    return own;
  }

  /** To ask with on the thread of this life. */
  HubQueries counting() {
    return counting;
  }

  /** {@code kill -9}, and nobody pushes, asks or takes replies any more when this returns. */
  void kill() throws IOException, InterruptedException {
    killed = true;
    server.kill();
    end();
  }

  /** What was asked is answered, and nobody pushes, asks or takes replies any more. */
  @Override
  public void close() throws IOException {
    try {
      end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end() throws IOException, InterruptedException {
    ended = true;
    if (!killed) {
      publishing.join();
      queries.join();
    }
    publisher.close();
    asking.close();
    counting.close();
    own.close();
    publishing.join();
    queries.join();
    replies.join();
  }
}
