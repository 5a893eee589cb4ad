package dnd.metrics.server.head;

import dnd.metrics.server.model.Labels;
import org.jspecify.annotations.Nullable;

/**
 * Finds series by their labels. A hash table of numbers and nothing else: in the upper half of a
 * slot the hash of the labels, in the lower one more than the series' number in the log, so that a
 * look-up makes no series but the one that is looked for. In stripes, each guarded by its own lock,
 * under which series of a checkpoint may be made. Whoever comes while those of a checkpoint are
 * being put in waits for them. Safe for use by several threads.
 */
final class SeriesTable {
  private static final int STRIPE_BITS = 6;
  private static final int STRIPES = 1 << STRIPE_BITS;

  private final SeriesDirectory directory;
  private final Stripe[] stripes = new Stripe[STRIPES];

  SeriesTable(SeriesDirectory directory) {
    this.directory = directory;
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  @Nullable HeadSeries get(Labels labels) {
    directory.stored().awaitTable();
    int hash = spread(labels.hashCode());
    return stripe(hash).get(labels, hash);
  }

  /** Adds a series whose labels are not in the table, by their {@link Labels#hashCode}. */
  void add(int ref, int labelsHash) {
    directory.stored().awaitTable();
    put(ref, labelsHash);
  }

  private void put(int ref, int labelsHash) {
    int hash = spread(labelsHash);
    stripe(hash).add(ref, hash);
  }

  /** Puts in series of the checkpoint. */
  void putAll(int[] refs, int[] labelHashes) {
    for (int i = 0; i < refs.length; i++) {
      put(refs[i], labelHashes[i]);
    }
  }

  /** Makes room for that many series of the checkpoint. */
  void reserve(int more) {
    for (Stripe stripe : stripes) {
      stripe.reserve(more / STRIPES + more / STRIPES / 8);
    }
  }

  /** Takes a series out that is in the table. */
  void remove(HeadSeries series) {
    directory.stored().awaitTable();
    int hash = spread(series.labelsHash());
    stripe(hash).remove(series, hash);
  }

  private Stripe stripe(int hash) {
    return stripes[hash >>> (Integer.SIZE - STRIPE_BITS)];
  }

  private static int spread(int hash) {
    int h = hash * 0x9e3779b9;
    return h ^ (h >>> 15);
  }

  private final class Stripe {
    private long[] slots = new long[16];
    private int size;

    synchronized @Nullable HeadSeries get(Labels labels, int hash) {
      int mask = slots.length - 1;
      for (int i = hash & mask; slots[i] != 0; i = (i + 1) & mask) {
        if ((int) (slots[i] >>> 32) == hash) {
          int ref = (int) slots[i] - 1;
          if (directory.entry(ref) instanceof ParkedSeries parked && !parked.hasLabels(labels)) {
            continue; // another may be damaged
          }
          HeadSeries found = directory.get(ref);
          if (found != null && found.hasLabels(labels)) {
            return found;
          }
        }
      }
      return null;
    }

    synchronized void add(int ref, int hash) {
      if (++size * 4L > slots.length * 3L) {
        resize(2 * slots.length);
      }
      put(slot(ref, hash));
    }

    synchronized void reserve(int more) {
      int capacity = slots.length;
      while ((size + more) * 4L > capacity * 3L) {
        capacity *= 2;
      }
      resize(capacity);
    }

    private void resize(int capacity) {
      long[] old = slots;
      if (capacity > old.length) {
        slots = new long[capacity];
        for (long slot : old) {
          if (slot != 0) {
            put(slot);
          }
        }
      }
    }

    /** Closes the gap, so that whoever looks for another series does not stop there. */
    synchronized void remove(HeadSeries series, int hash) {
      int mask = slots.length - 1;
      int gap = hash & mask;
      long gone = slot(series.ref, hash);
      while (slots[gap] != gone) {
        if (slots[gap] == 0) {
          throw new IllegalStateException("not in the table: " + series.labels());
        }
        gap = (gap + 1) & mask;
      }
      size--;
      for (int i = (gap + 1) & mask; ; i = (i + 1) & mask) {
        long next = slots[i];
        if (next == 0) {
          slots[gap] = 0;
          return;
        }
        int home = (int) (next >>> 32) & mask;
        if (((i - home) & mask) >= ((i - gap) & mask)) {
          slots[gap] = next;
          gap = i;
        }
      }
    }

    private static long slot(int ref, int hash) {
      return ((long) hash << 32) | ((ref + 1) & 0xffff_ffffL);
    }

    private void put(long slot) {
      int mask = slots.length - 1;
      int i = (int) (slot >>> 32) & mask;
      while (slots[i] != 0) {
        i = (i + 1) & mask;
      }
      slots[i] = slot;
    }
  }
}
