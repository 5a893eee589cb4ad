package dnd.metrics.server.disk;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What failed of several removals, each of which is tried whatever became of those before it. For
 * one thread.
 */
public final class RemovalFailures {
  private @Nullable IOException first;

  public void add(IOException failure) {
    if (first == null) {
      first = failure;
    } else {
      first.addSuppressed(failure);
    }
  }

  /** The first, with the others behind it; null where all went. */
  public @Nullable IOException first() {
    return first;
  }

  /**
   * @throws IOException the first, with the others behind it, where one failed
   */
  public void throwFirst() throws IOException {
    if (first != null) {
      throw first;
    }
  }
}
