package dnd.metrics.server.wal;

/** Takes the records of a log in their order. */
@FunctionalInterface
public interface RecordConsumer {
  /**
   * One sound record, each once.
   *
   * @param sequence its number
   * @param bytes holds its body from {@code offset}; only until this method returns
   */
  void record(long sequence, byte[] bytes, int offset, int length);
}
