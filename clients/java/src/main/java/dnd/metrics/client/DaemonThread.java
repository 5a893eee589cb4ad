package dnd.metrics.client;

/** Makes the client's threads: none of them keeps a program from ending. */
final class DaemonThread {
  private DaemonThread() {}

  static Thread of(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
