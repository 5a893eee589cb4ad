package dnd.metrics.server.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * The numbers of the series that have something in common, ascending. One thread at a time adds;
 * any number read meanwhile, without a lock, and see every number whose {@link #add} happened
 * before the read began.
 *
 * <p>The numbers are in two parts: a compressed bitmap that is never changed once it is here, and
 * behind it a tail in an array that only grows. A full tail becomes part of a new bitmap. The tail
 * may hold an eighth of all (at most 4,095 numbers, or a sixty-fourth of all where that is more),
 * so that copying the bitmap costs each number only a constant share, and a list of few numbers,
 * which most are, is a small array and nothing else.
 *
 * <p>Order of publication: the writer puts the new bitmap in place before it empties the tail; a
 * reader takes the tail before the bitmap. So it may meet a number in both parts, and never in
 * neither.
 */
final class PostingList {
  private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(int[].class);
  private static final int SMALLEST_FULL_TAIL = 63;
  private static final int LARGE_TAIL = 4095;

  private volatile @Nullable RoaringBitmap sealed;

  /** The first element is the count of those in use behind it. */
  private volatile int[] tail = new int[2];

  /** Adds a number that is greater than all before. */
  void add(int number) {
    int[] t = tail;
    int n = t[0];
    if (n + 1 == t.length) {
      t = roomier(t, n);
      n = t[0];
    }
    t[n + 1] = number;
    ELEMENT.setRelease(t, 0, n + 1);
  }

  /** Adds numbers, which may lie anywhere, before anybody reads. */
  void addAll(RoaringBitmap numbers) {
    int[] t = tail;
    RoaringBitmap whole = union(sealed, t, t[0]);
    whole.or(numbers);
    restore(whole);
  }

  /** Puts numbers in place of those that are here, before anybody reads. */
  void restore(RoaringBitmap numbers) {
    if (numbers.getCardinality() <= SMALLEST_FULL_TAIL) {
      restore(numbers.toArray());
    } else {
      sealed = numbers;
      tail = new int[2];
    }
  }

  /** The same for a few numbers, ascending. */
  void restore(int[] few) {
    int[] next = new int[Math.max(2, few.length + 1)];
    next[0] = few.length;
    System.arraycopy(few, 0, next, 1, few.length);
    sealed = null;
    tail = next;
  }

  /** The greatest number; -1 where there is none. For the thread that adds. */
  int last() {
    int[] t = tail;
    RoaringBitmap s = sealed;
    return t[0] > 0 ? t[t[0]] : s == null ? -1 : s.last();
  }

  private int[] roomier(int[] full, int n) {
    RoaringBitmap old = sealed;
    int limit = largestTail(old == null ? 0 : old.getCardinality());
    int[] next;
    if (n < limit) {
      next = Arrays.copyOf(full, Math.min(limit, 2 * n + 1) + 1);
    } else {
      sealed = union(old, full, n);
      next = new int[n + 1];
    }
    tail = next;
    return next;
  }

  private static int largestTail(int sealedCount) {
    int most = Math.max(LARGE_TAIL, sealedCount / 64);
    return Math.clamp(sealedCount / 8, SMALLEST_FULL_TAIL, most);
  }

  /**
   * Takes numbers out; for the thread that adds. Whoever reads meanwhile may still see them.
   *
   * @return whether none are left
   */
  boolean removeAll(RoaringBitmap gone) {
    int[] t = tail;
    RoaringBitmap left = union(sealed, t, t[0]);
    left.andNot(gone);
    left.trim();
    sealed = left.isEmpty() ? null : left;
    tail = new int[2];
    return left.isEmpty();
  }

  private static RoaringBitmap union(@Nullable RoaringBitmap bitmap, int[] tail, int n) {
    RoaringBitmap all = bitmap == null ? new RoaringBitmap() : bitmap.clone();
    for (int i = 1; i <= n; i++) {
      all.add(tail[i]);
    }
    return all;
  }

  /** How many there are; may count one twice that is being moved at this moment. */
  long size() {
    int n = (int) ELEMENT.getAcquire(tail, 0);
    RoaringBitmap s = sealed;
    return n + (s == null ? 0 : s.getLongCardinality());
  }

  boolean contains(int number) {
    int[] t = tail;
    int n = (int) ELEMENT.getAcquire(t, 0);
    RoaringBitmap s = sealed;
    return Arrays.binarySearch(t, 1, n + 1, number) >= 0 || (s != null && s.contains(number));
  }

  /** All numbers as a bitmap, which may be shared: it must not be changed. */
  RoaringBitmap toBitmap() {
    int[] t = tail;
    int n = (int) ELEMENT.getAcquire(t, 0);
    RoaringBitmap s = sealed;
    return n == 0 && s != null ? s : union(s, t, n);
  }

  /** Adds all numbers to {@code target}. */
  void addTo(RoaringBitmap target) {
    int[] t = tail;
    int n = (int) ELEMENT.getAcquire(t, 0);
    RoaringBitmap s = sealed;
    if (s != null) {
      target.or(s);
    }
    for (int i = 1; i <= n; i++) {
      target.add(t[i]);
    }
  }

  /** Whether one of the numbers is in {@code other}. */
  boolean intersects(RoaringBitmap other) {
    int[] t = tail;
    int n = (int) ELEMENT.getAcquire(t, 0);
    RoaringBitmap s = sealed;
    if (s != null && RoaringBitmap.intersects(s, other)) {
      return true;
    }
    for (int i = 1; i <= n; i++) {
      if (other.contains(t[i])) {
        return true;
      }
    }
    return false;
  }
}
