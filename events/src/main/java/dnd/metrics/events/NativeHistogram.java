package dnd.metrics.events;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A whole native (exponential) histogram as Prometheus defines it: bucket {@code i} of schema
 * {@code s} holds what lies above 2^((i-1)/2^s) and not above 2^(i/2^s); its mirror image holds the
 * negative observations; the zero bucket holds what lies within the threshold.
 *
 * @param schema from -4 (coarse) to 8 (fine)
 * @param positive counts by bucket index, each bucket for itself, empty ones left out
 * @param negative the same for negative observations
 */
public record NativeHistogram(
    int schema,
    double count,
    double sum,
    double zeroThreshold,
    double zeroCount,
    SortedMap<Integer, Double> positive,
    SortedMap<Integer, Double> negative)
    implements WholeHistogram {

  public NativeHistogram {
    positive = Collections.unmodifiableSortedMap(new TreeMap<>(positive));
    negative = Collections.unmodifiableSortedMap(new TreeMap<>(negative));
  }

  @Override
  public void write(JsonBuffer out) {
    out.raw("{\"schema\":").number(schema);
    out.raw(",\"count\":").number(count).raw(",\"sum\":").number(sum);
    out.raw(",\"zero_threshold\":").number(zeroThreshold);
    out.raw(",\"zero_count\":").number(zeroCount);
    if (!positive.isEmpty()) {
      out.raw(",\"positive\":");
      writeSide(out, positive);
    }
    if (!negative.isEmpty()) {
      out.raw(",\"negative\":");
      writeSide(out, negative);
    }
    out.raw('}');
  }

  /**
   * Spans of adjacent buckets (the first offset an index, the others gaps), then each count as the
   * difference to the one before.
   */
  private static void writeSide(JsonBuffer out, SortedMap<Integer, Double> buckets) {
    out.raw("{\"spans\":[");
    int length = 0;
    int expected = 0;
    for (int index : buckets.keySet()) {
      if (length == 0) {
        out.raw('[').number(index);
      } else if (index != expected) {
        out.raw(',').number(length).raw("],[").number(index - expected);
        length = 0;
      }
      length++;
      expected = index + 1;
    }
    out.raw(',').number(length).raw("]],\"deltas\":[");
    double before = 0;
    boolean first = true;
    for (double count : buckets.values()) {
      if (!first) {
        out.raw(',');
      }
      first = false;
      out.number(count - before);
      before = count;
    }
    out.raw("]}");
  }
}
