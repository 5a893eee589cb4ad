package dnd.metrics.client;

import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The series that were put into an event, the one that rests longest first: by it those are found
 * that are to be repeated, so that they do not drop out of queries. For one thread.
 */
final class PutSeries {
  private final LinkedHashMap<Series, Long> putAtMillis = new LinkedHashMap<>();
  private final long repeatMillis;

  PutSeries(long repeatMillis) {
    this.repeatMillis = repeatMillis;
  }

  /** Those that changed and those that have rested long enough, as put into an event now. */
  List<Series> put(Collection<Series> changed, long nowMillis) {
    return put(changed, nowMillis, repeatMillis);
  }

  /** All series that were ever put, and those that changed, as put into an event now. */
  List<Series> putAll(Collection<Series> changed, long nowMillis) {
    return put(changed, nowMillis, 0);
  }

  private List<Series> put(Collection<Series> changed, long nowMillis, long restMillis) {
    TreeSet<Series> put = new TreeSet<>(Comparator.comparingLong(Series::number));
    put.addAll(changed);
    Iterator<Map.Entry<Series, Long>> rest = putAtMillis.entrySet().iterator();
    while (rest.hasNext()) {
      Map.Entry<Series, Long> oldest = rest.next();
      if (oldest.getValue() > nowMillis - restMillis) {
        break;
      }
      put.add(oldest.getKey());
      rest.remove();
    }
    for (Series series : put) {
      putAtMillis.remove(series);
      putAtMillis.put(series, nowMillis);
    }
    return List.copyOf(put);
  }
}
