package dnd.metrics.server.ingest;

/** Names as replies and log lines carry them: long ones cut, so that no sender fills our log. */
final class Shortened {
  private static final int MAX_CHARS = 120;

  private Shortened() {}

  static String name(String name) {
    return name.length() <= MAX_CHARS ? name : name.substring(0, MAX_CHARS) + "...";
  }
}
