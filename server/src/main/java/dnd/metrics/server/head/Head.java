package dnd.metrics.server.head;

import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SeriesSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What was collected lately, in memory, behind a write-ahead log in a folder. Safe for use by
 * several threads: senders write side by side, readers block nobody.
 */
@SuppressWarnings("DoNotCallSuggester") // the bodies follow
public final class Head implements SeriesSource, Closeable {
  private Head() {}

  /**
   * Opens the folder, made where it does not exist, and brings back what its log holds.
   *
   * @throws IOException with a message of one line for the user where the folder is locked by
   *     another process, belongs to something else, or cannot be read or written
   */
  public static Head open(Path folder, HeadOptions options, ReplayListener listener)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /** The sender of that id, made at its first appearance. Keep it: a look-up costs a hash. */
  public Sender sender(SenderId id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<HeadSeries> select(List<Matcher> matchers, long fromMillis, long toMillis) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> labelValues(
      String name, List<Matcher> matchers, long fromMillis, long toMillis) {
    throw new UnsupportedOperationException();
  }

  /** What senders said of their metrics, by metric name. A snapshot. */
  public Map<String, MetricMetadata> metadata() {
    throw new UnsupportedOperationException();
  }

  public HeadStatus status() {
    throw new UnsupportedOperationException();
  }

  /**
   * Writes and forces what is pending, runs its callbacks, and gives the folder free. Batches must
   * be over; a begin after this throws.
   */
  @Override
  public void close() throws IOException {
    throw new UnsupportedOperationException();
  }
}
