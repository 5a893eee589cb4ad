package dnd.metrics.server.head;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Series by their numbers in the log, while a head is brought back: a hash table of arrays, since
 * the numbers of series that went leave gaps. Of each it knows the last record of the log that is
 * in it already. For one thread.
 */
final class SeriesByRef {
  private int[] refs = new int[1024];
  private @Nullable HeadSeries[] series = new HeadSeries[1024];
  private long[] sequences = new long[1024];
  private int size;

  /**
   * @param sequence the series has what the records up to that one did to it
   */
  void put(int ref, HeadSeries one, long sequence) {
    if (2 * (size + 1) > refs.length) {
      grow();
    }
    int at = place(ref);
    if (series[at] == null) {
      size++;
    }
    refs[at] = ref;
    series[at] = one;
    sequences[at] = sequence;
  }

  @Nullable HeadSeries get(int ref) {
    return series[place(ref)];
  }

  /** The last record that is in the series already; 0 for a series that is not known. */
  long sequenceOf(int ref) {
    return sequences[place(ref)];
  }

  private int place(int ref) {
    int mask = refs.length - 1;
    int at = (ref * 0x9e3779b9) >>> 7 & mask;
    while (series[at] != null && refs[at] != ref) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    int[] oldRefs = refs;
    @Nullable HeadSeries[] oldSeries = series;
    long[] oldSequences = sequences;
    refs = new int[2 * oldRefs.length];
    series = Arrays.copyOf(new HeadSeries[0], refs.length);
    sequences = new long[refs.length];
    for (int i = 0; i < oldRefs.length; i++) {
      HeadSeries one = oldSeries[i];
      if (one != null) {
        int at = place(oldRefs[i]);
        refs[at] = oldRefs[i];
        series[at] = one;
        sequences[at] = oldSequences[i];
      }
    }
  }
}
