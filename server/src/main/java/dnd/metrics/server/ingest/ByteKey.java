package dnd.metrics.server.ingest;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Two runs of bytes as a key. It takes the arrays over. */
final class ByteKey {
  private final byte[] first;
  private final byte[] second;
  private final int hash;

  ByteKey(byte[] first, byte[] second) {
    this.first = first;
    this.second = second;
    this.hash = 31 * Arrays.hashCode(first) + Arrays.hashCode(second);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof ByteKey other
        && other.hash == hash
        && Arrays.equals(other.first, first)
        && Arrays.equals(other.second, second);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
