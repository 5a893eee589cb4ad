package dnd.metrics.server.hub.embedded;

/**
 * Gives connections their threads. Platform threads, so that the hub goes on while queries keep the
 * virtual threads' carriers busy; virtual ones beyond a number of connections at which the memory
 * of platform threads would tell. See {@code docs/decisions/hub-threads.md}.
 */
final class ConnectionThreads {
  private static final int MOST_WITH_PLATFORM_THREADS = 1024;

  private ConnectionThreads() {}

  static void start(String name, int connections, Runnable work) {
    Thread thread =
        connections <= MOST_WITH_PLATFORM_THREADS
            ? Thread.ofPlatform().name(name).daemon().unstarted(work)
            : Thread.ofVirtual().name(name).unstarted(work);
    thread.start();
  }
}
