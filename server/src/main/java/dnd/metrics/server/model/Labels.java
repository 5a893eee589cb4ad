package dnd.metrics.server.model;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A set of labels: what identifies a series. Names are unique and sorted by code point; no value is
 * empty, since an empty value means that the label is absent. Immutable and safe to share; equal
 * sets are equal objects in the sense of {@link #equals}.
 */
public final class Labels implements Comparable<Labels>, Labeled {
  /** The label that holds the metric's name. */
  public static final String METRIC_NAME = "__name__";

  private static final Labels EMPTY = new Labels(new String[0]);

  /** Names at even places, each with its value behind it. */
  private final String[] pairs;

  private int hash;

  private Labels(String[] pairs) {
    this.pairs = pairs;
  }

  public static Labels empty() {
    return EMPTY;
  }

  /** Labels of names and values in turn, in any order; the last of several with one name counts. */
  public static Labels of(String... namesAndValues) {
    Builder builder = new Builder(EMPTY);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      builder.set(namesAndValues[i], namesAndValues[i + 1]);
    }
    return builder.build();
  }

  public static Labels of(Map<String, String> labels) {
    Builder builder = new Builder(EMPTY);
    labels.forEach(builder::set);
    return builder.build();
  }

  /**
   * Takes over an array of names and values that is sorted by name, has no name twice and no empty
   * value; for decoders that know so. The array must not be changed afterwards.
   */
  public static Labels ofSorted(String[] sortedPairs) {
    return sortedPairs.length == 0 ? EMPTY : new Labels(sortedPairs);
  }

  /** About how many bytes the object itself takes: without its texts, which sets share. */
  public int heapBytes() {
    return heapBytes(size());
  }

  /** The same of that many labels. */
  public static int heapBytes(int size) {
    return 40 + 8 * size;
  }

  @Override
  public Labels labels() {
    return this;
  }

  public int size() {
    return pairs.length / 2;
  }

  public boolean isEmpty() {
    return pairs.length == 0;
  }

  public String name(int i) {
    return pairs[2 * i];
  }

  public String value(int i) {
    return pairs[2 * i + 1];
  }

  @Override
  public String label(String name) {
    return get(name);
  }

  /** The value of the label called {@code name}, or the empty string where there is none. */
  public String get(String name) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(name)) {
        return pairs[i + 1];
      }
    }
    return "";
  }

  public boolean has(String name) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** The metric's name, or the empty string. */
  public String metricName() {
    return get(METRIC_NAME);
  }

  public void forEach(BiConsumer<String, String> consumer) {
    for (int i = 0; i < pairs.length; i += 2) {
      consumer.accept(pairs[i], pairs[i + 1]);
    }
  }

  public Map<String, String> toMap() {
    Map<String, String> map = new TreeMap<>();
    forEach(map::put);
    return map;
  }

  /** These labels without the metric's name. */
  public Labels withoutMetricName() {
    return without(List.of(METRIC_NAME));
  }

  /** These labels but for the given names. */
  @Override
  public Labels without(Collection<String> names) {
    return filtered(names, false);
  }

  private Labels filtered(Collection<String> names, boolean wanted) {
    String[] kept = new String[pairs.length];
    int n = 0;
    for (int i = 0; i < pairs.length; i += 2) {
      if (names.contains(pairs[i]) == wanted) {
        kept[n++] = pairs[i];
        kept[n++] = pairs[i + 1];
      }
    }
    return n == pairs.length ? this : ofSorted(Arrays.copyOf(kept, n));
  }

  /** Of these labels only the given names. */
  @Override
  public Labels keep(Collection<String> names) {
    return filtered(names, true);
  }

  /** These labels with one set, or removed where {@code value} is empty. */
  public Labels with(String name, String value) {
    int at = 0;
    while (at < pairs.length && compareCodePoints(pairs[at], name) < 0) {
      at += 2;
    }
    boolean there = at < pairs.length && pairs[at].equals(name);
    if (value.isEmpty()) {
      return there ? without(List.of(name)) : this;
    }
    String[] changed;
    if (there) {
      changed = pairs.clone();
    } else {
      changed = new String[pairs.length + 2];
      System.arraycopy(pairs, 0, changed, 0, at);
      System.arraycopy(pairs, at, changed, at + 2, pairs.length - at);
    }
    changed[at] = name;
    changed[at + 1] = value;
    return new Labels(changed);
  }

  public Builder toBuilder() {
    return new Builder(this);
  }

  public static Builder builder() {
    return new Builder(EMPTY);
  }

  /** Orders as Prometheus does: pair by pair, name before value; a prefix comes first. */
  @Override
  public int compareTo(Labels other) {
    int n = Math.min(pairs.length, other.pairs.length);
    for (int i = 0; i < n; i++) {
      int c = compareCodePoints(pairs[i], other.pairs[i]);
      if (c != 0) {
        return c;
      }
    }
    return Integer.compare(pairs.length, other.pairs.length);
  }

  /**
   * Compares strings as their UTF-8 bytes compare, which is the order of Prometheus's index; {@link
   * String#compareTo} differs from it where surrogates meet characters above U+DFFF.
   */
  public static int compareCodePoints(String a, String b) {
    int n = Math.min(a.length(), b.length());
    for (int i = 0; i < n; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        if (Character.isSurrogate(x) != Character.isSurrogate(y)) {
          return Character.isSurrogate(x) ? 1 : -1;
        }
        return x - y;
      }
    }
    return a.length() - b.length();
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return this == o || (o instanceof Labels other && Arrays.equals(pairs, other.pairs));
  }

  @Override
  public int hashCode() {
    int h = hash;
    if (h == 0) {
      h = Arrays.hashCode(pairs);
      hash = h;
    }
    return h;
  }

  /** As PromQL writes them without a name in front: {@code {a="b", c="d"}}. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("{");
    for (int i = 0; i < pairs.length; i += 2) {
      if (i > 0) {
        out.append(", ");
      }
      if (isLegacyName(pairs[i])) {
        out.append(pairs[i]);
      } else {
        quote(out, pairs[i]);
      }
      out.append('=');
      quote(out, pairs[i + 1]);
    }
    return out.append('}').toString();
  }

  /** Whether a label's name needs no quotes: letters, digits and underscores, no digit first. */
  public static boolean isLegacyName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (!letter && !(i > 0 && c >= '0' && c <= '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /**
   * Appends {@code text} in double quotes, escaped as Go's {@code strconv.Quote} does for printable
   * text.
   */
  public static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || c == 0x7f) {
            out.append(String.format("\\x%02x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /** Collects labels. Not safe for use by several threads. */
  public static final class Builder {
    private final TreeMap<String, String> labels = new TreeMap<>(Labels::compareCodePoints);

    private Builder(Labels base) {
      base.forEach(labels::put);
    }

    /** Sets a label; an empty value removes it. */
    public Builder set(String name, String value) {
      if (value.isEmpty()) {
        labels.remove(name);
      } else {
        labels.put(name, value);
      }
      return this;
    }

    public Builder remove(String name) {
      labels.remove(name);
      return this;
    }

    public String get(String name) {
      return labels.getOrDefault(name, "");
    }

    public Labels build() {
      String[] pairs = new String[labels.size() * 2];
      int i = 0;
      for (Map.Entry<String, String> e : labels.entrySet()) {
        pairs[i++] = e.getKey();
        pairs[i++] = e.getValue();
      }
      return ofSorted(pairs);
    }
  }
}
