package dnd.metrics.events;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A whole histogram with buckets of the sender's choice, cumulative as in Prometheus's exposition
 * format: each bucket counts the observations up to its upper bound.
 *
 * @param buckets cumulative counts by upper bound
 */
public record ClassicHistogram(double count, double sum, SortedMap<Double, Double> buckets)
    implements WholeHistogram {
  public ClassicHistogram {
    buckets = Collections.unmodifiableSortedMap(new TreeMap<>(buckets));
  }

  @Override
  public void write(JsonBuffer out) {
    out.raw("{\"count\":").number(count).raw(",\"sum\":").number(sum).raw(",\"buckets\":{");
    boolean first = true;
    for (var e : buckets.entrySet()) {
      if (!first) {
        out.raw(',');
      }
      first = false;
      out.string(bound(e.getKey())).raw(':').number(e.getValue());
    }
    out.raw("}}");
  }

  private static String bound(double bound) {
    if (Double.isInfinite(bound)) {
      return bound > 0 ? "+Inf" : "-Inf";
    }
    String text = Double.toString(bound);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
