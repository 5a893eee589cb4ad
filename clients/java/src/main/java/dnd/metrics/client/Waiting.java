package dnd.metrics.client;

/**
 * An event that waits to be acknowledged: the same bytes and the same id at every attempt. The
 * bytes are never changed.
 */
final class Waiting {
  private final long number;
  private final String id;
  private final String subject;
  private final byte[] payload;
  private final int metrics;

  /**
   * @param number counts up with every event of the client
   * @param metrics how many metrics it holds
   */
  Waiting(long number, String id, String subject, byte[] payload, int metrics) {
    this.number = number;
    this.id = id;
    this.subject = subject;
    this.payload = payload;
    this.metrics = metrics;
  }

  long number() {
    return number;
  }

  String id() {
    return id;
  }

  String subject() {
    return subject;
  }

  byte[] payload() {
    return payload;
  }

  int metrics() {
    return metrics;
  }
}
