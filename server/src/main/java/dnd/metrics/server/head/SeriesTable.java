package dnd.metrics.server.head;

import dnd.metrics.server.model.Labels;
import org.jspecify.annotations.Nullable;

/**
 * Finds series by their labels. A hash table of references and nothing else (eight bytes a series),
 * in stripes, each guarded by its own lock; under it no other lock is taken. Safe for use by
 * several threads.
 */
final class SeriesTable {
  private static final int STRIPES = 64;

  private final Stripe[] stripes = new Stripe[STRIPES];

  SeriesTable() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  @Nullable HeadSeries get(Labels labels) {
    int hash = spread(labels.hashCode());
    return stripes[hash >>> 26].get(labels, hash);
  }

  /** Adds a series whose labels are not in the table. */
  void add(HeadSeries series) {
    int hash = spread(series.labels().hashCode());
    stripes[hash >>> 26].add(series, hash);
  }

  /** Takes a series out that is in the table. */
  void remove(HeadSeries series) {
    int hash = spread(series.labels().hashCode());
    stripes[hash >>> 26].remove(series, hash);
  }

  private static int spread(int hash) {
    int h = hash * 0x9e3779b9;
    return h ^ (h >>> 15);
  }

  private static final class Stripe {
    private @Nullable HeadSeries[] slots = new HeadSeries[16];
    private int size;

    synchronized @Nullable HeadSeries get(Labels labels, int hash) {
      int mask = slots.length - 1;
      for (int i = hash & mask; ; i = (i + 1) & mask) {
        HeadSeries found = slots[i];
        if (found == null || found.labels().equals(labels)) {
          return found;
        }
      }
    }

    synchronized void add(HeadSeries series, int hash) {
      if (++size * 4 > slots.length * 3) {
        @Nullable HeadSeries[] old = slots;
        slots = new HeadSeries[2 * old.length];
        for (HeadSeries s : old) {
          if (s != null) {
            put(s, spread(s.labels().hashCode()));
          }
        }
      }
      put(series, hash);
    }

    /** Closes the gap, so that whoever looks for another series does not stop there. */
    synchronized void remove(HeadSeries series, int hash) {
      int mask = slots.length - 1;
      int gap = hash & mask;
      while (slots[gap] != series) {
        if (slots[gap] == null) {
          throw new IllegalStateException("not in the table: " + series.labels());
        }
        gap = (gap + 1) & mask;
      }
      size--;
      for (int i = (gap + 1) & mask; ; i = (i + 1) & mask) {
        HeadSeries next = slots[i];
        if (next == null) {
          slots[gap] = null;
          return;
        }
        int home = spread(next.labels().hashCode()) & mask;
        if (((i - home) & mask) >= ((i - gap) & mask)) {
          slots[gap] = next;
          gap = i;
        }
      }
    }

    private void put(HeadSeries series, int hash) {
      int mask = slots.length - 1;
      int i = hash & mask;
      while (slots[i] != null) {
        i = (i + 1) & mask;
      }
      slots[i] = series;
    }
  }
}
