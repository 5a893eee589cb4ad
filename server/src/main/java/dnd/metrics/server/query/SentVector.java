package dnd.metrics.server.query;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the askers of a live instant query were told of its vector. For one thread at a time. */
final class SentVector {
  /** What a map takes for each entry. */
  private static final long ENTRY_BYTES = 48;

  private Map<Labels, VectorSample> told = new HashMap<>();
  private long bytes;

  /**
   * What is to be told.
   *
   * @param changed new series, and those with another value
   * @param gone series that there were
   */
  record Change(List<VectorSample> changed, List<Labels> gone) {
    boolean isEmpty() {
      return changed.isEmpty() && gone.isEmpty();
    }
  }

  /** About what it takes. */
  long bytes() {
    return bytes;
  }

  /** About what that vector takes once it is told. */
  static long bytesOf(List<VectorSample> vector) {
    return vector.stream().mapToLong(sample -> ENTRY_BYTES + sample.heapBytes()).sum();
  }

  /** Takes the new vector for told, and returns what is different in it. */
  Change advance(List<VectorSample> now) {
    Map<Labels, VectorSample> next = HashMap.newHashMap(now.size());
    List<VectorSample> changed = new ArrayList<>();
    for (VectorSample sample : now) {
      next.put(sample.labels(), sample);
      VectorSample before = told.get(sample.labels());
      if (before == null || !isSame(before, sample)) {
        changed.add(sample);
      }
    }
    List<Labels> gone = new ArrayList<>();
    for (Labels labels : told.keySet()) {
      if (!next.containsKey(labels)) {
        gone.add(labels);
      }
    }
    gone.sort(null);
    told = next;
    bytes = bytesOf(now);
    return new Change(changed, gone);
  }

  private static boolean isSame(VectorSample before, VectorSample now) {
    Histogram histogram = now.histogram();
    return histogram == null
        ? before.histogram() == null && Double.compare(before.value(), now.value()) == 0
        : Objects.equals(before.histogram(), histogram);
  }
}
