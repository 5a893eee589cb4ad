package dnd.metrics.server.block;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The sorted table of all names and values in an index. Where each 32nd is, is kept; so are some of
 * those asked for lately. Safe for use by several threads.
 */
final class Symbols {
  private static final int STRIDE = 32;
  private static final int MAX_RECENT = 1 << 14;

  private record Recent(int number, String text) {}

  private final IndexFile index;
  private final long count;
  private final long[] offsets;
  private final AtomicReferenceArray<Recent> recent;

  /**
   * @param in behind the section's length; the checksum was right
   */
  Symbols(IndexFile index, InputBytes in) {
    this.index = index;
    this.count = in.unsignedInt32();
    long[] found = new long[(int) Math.min(1 << 16, count / STRIDE + 1)];
    for (int i = 0; i < count; i++) {
      if (i % STRIDE == 0) {
        if (i / STRIDE == found.length) {
          found = Arrays.copyOf(found, found.length * 2);
        }
        found[i / STRIDE] = in.position();
      }
      in.skip(in.length());
    }
    this.offsets = found;
    int slots = Math.max(1, Integer.highestOneBit((int) Math.min(MAX_RECENT, count)));
    this.recent = new AtomicReferenceArray<>(slots);
  }

  long count() {
    return count;
  }

  /**
   * @throws DamagedBlockException where there is no such number
   */
  String get(long number) {
    if (number < 0 || number >= count) {
      throw index.damage(0, "symbol " + Long.toUnsignedString(number) + " of " + count);
    }
    int n = (int) number;
    int slot = n & (recent.length() - 1);
    Recent known = recent.getPlain(slot);
    if (known != null && known.number == n) {
      return known.text;
    }
    InputBytes in = index.input(offsets[n / STRIDE]);
    for (int i = n % STRIDE; i > 0; i--) {
      in.skip(in.length());
    }
    String text = in.string();
    recent.setPlain(slot, new Recent(n, text));
    return text;
  }

  /** The number of a text; -1 where it is not in the table. */
  long find(String text) {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    int low = 0;
    int high = (int) ((count + STRIDE - 1) / STRIDE) - 1;
    while (low < high) { // the last block that does not begin behind what is wanted
      int middle = (low + high + 1) >>> 1;
      InputBytes in = index.input(offsets[middle]);
      if (Arrays.compareUnsigned(in.bytes(in.length()), wanted) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    if (high < 0) {
      return -1;
    }
    InputBytes in = index.input(offsets[low]);
    long end = Math.min(count, (low + 1L) * STRIDE);
    for (long i = (long) low * STRIDE; i < end; i++) {
      int c = Arrays.compareUnsigned(in.bytes(in.length()), wanted);
      if (c == 0) {
        return i;
      }
      if (c > 0) {
        return -1;
      }
    }
    return -1;
  }
}
