package dnd.metrics.server.block;

import dnd.metrics.server.model.Labels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where an index has the series of each label pair. Of each name, where each 32nd value stands in
 * the file's table is kept; the values themselves stay in the file. Safe for use by several
 * threads.
 */
final class PostingsTable {
  private static final int STRIDE = 32;

  /** Called for each value of a name, in order. */
  @FunctionalInterface
  interface ValueVisitor {
    void visit(String value, long postingsOffset);
  }

  /** The values of one name. */
  private static final class Values {
    final byte[] name;
    long count;
    long[] offsets = new long[1];

    Values(byte[] name) {
      this.name = name;
    }

    void add(long offset) {
      if (count % STRIDE == 0) {
        int block = (int) (count / STRIDE);
        if (block == offsets.length) {
          offsets = Arrays.copyOf(offsets, block * 2);
        }
        offsets[block] = offset;
      }
      count++;
    }

    void trim() {
      offsets = Arrays.copyOf(offsets, (int) ((count + STRIDE - 1) / STRIDE));
    }
  }

  private final IndexFile index;
  private final Map<String, Values> names = new TreeMap<>(Labels::compareCodePoints);
  private long everything = -1;

  /**
   * @param in behind the section's length; the checksum was right
   */
  PostingsTable(IndexFile index, InputBytes in) {
    this.index = index;
    long count = in.unsignedInt32();
    Values current = null;
    for (long i = 0; i < count; i++) {
      long start = in.position();
      long keys = in.uvarint();
      if (keys != 2) {
        throw in.damage(start, "an entry of " + keys + " keys");
      }
      byte[] name = in.bytes(in.length());
      long valueAt = in.position();
      in.skip(in.length());
      if (name.length == 0) {
        everything = in.uvarint();
        continue;
      }
      in.uvarint();
      if (current == null || !Arrays.equals(current.name, name)) {
        if (current != null) {
          current.trim();
        }
        current = new Values(name);
        names.put(new String(name, StandardCharsets.UTF_8), current);
      }
      current.add(valueAt);
    }
    if (current != null) {
      current.trim();
    }
  }

  /** All names, sorted. */
  List<String> names() {
    return new ArrayList<>(names.keySet());
  }

  boolean has(String name) {
    return names.containsKey(name);
  }

  /** How many values a name has. */
  long countValues(String name) {
    Values values = names.get(name);
    return values == null ? 0 : values.count;
  }

  /** Where the list of all series is; -1 where there is none. */
  long everything() {
    return everything;
  }

  /** Where the list of a pair's series is; -1 where no series has the pair. */
  long find(String name, String value) {
    Values values = names.get(name);
    if (values == null) {
      return -1;
    }
    byte[] wanted = value.getBytes(StandardCharsets.UTF_8);
    int low = 0;
    int high = values.offsets.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      InputBytes in = index.input(values.offsets[middle]);
      if (Arrays.compareUnsigned(in.bytes(in.length()), wanted) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    InputBytes in = index.input(values.offsets[low]);
    long rest = Math.min(STRIDE, values.count - (long) low * STRIDE);
    while (true) {
      int c = Arrays.compareUnsigned(in.bytes(in.length()), wanted);
      long postings = in.uvarint();
      if (c == 0) {
        return postings;
      }
      if (c > 0 || --rest == 0) {
        return -1;
      }
      skipName(in);
    }
  }

  private static void skipName(InputBytes in) {
    in.uvarint();
    in.skip(in.length());
  }

  void forEachValue(String name, ValueVisitor visitor) {
    Values values = names.get(name);
    if (values == null) {
      return;
    }
    InputBytes in = index.input(values.offsets[0]);
    for (long i = 0; i < values.count; i++) {
      if (i > 0) {
        skipName(in);
      }
      String value = in.string();
      visitor.visit(value, in.uvarint());
    }
  }

  /** The values of a name, sorted; empty where there are none. */
  List<String> values(@Nullable String name) {
    List<String> all = new ArrayList<>();
    if (name != null) {
      forEachValue(name, (value, postings) -> all.add(value));
    }
    return all;
  }
}
