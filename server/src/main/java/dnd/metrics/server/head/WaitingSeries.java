package dnd.metrics.server.head;

import java.util.Arrays;

/**
 * Series of one sender, by their numbers, that have finished chunks on the heap. Safe for use by
 * several threads: who makes a series of a checkpoint does not have the sender's lock. Its own lock
 * is the last of all.
 */
final class WaitingSeries {
  private static final int[] NONE = {};

  private int[] refs = NONE;
  private volatile int count;

  boolean isEmpty() {
    return count == 0;
  }

  synchronized void add(int ref) {
    int n = count;
    if (n > 0 && refs[n - 1] == ref) {
      return;
    }
    if (n == refs.length) {
      refs = Arrays.copyOf(refs, Math.max(4, n + (n >> 1)));
    }
    refs[n] = ref;
    count = n + 1;
  }

  /** Takes one of them away; -1 where there is none. */
  synchronized int take() {
    int n = count - 1;
    if (n < 0) {
      return -1;
    }
    int ref = refs[n];
    count = n;
    if (n == 0 && refs.length > 64) {
      refs = NONE;
    }
    return ref;
  }
}
