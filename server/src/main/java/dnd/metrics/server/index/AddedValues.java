package dnd.metrics.server.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The values that a label has got since somebody began to count on hearing of them, in order. One
 * thread adds; any number read meanwhile without a lock. It holds so many and no more: a full one
 * is left, and whoever wants to go on begins with all values.
 */
final class AddedValues {
  private static final VarHandle COUNT;

  static {
    try {
      COUNT = MethodHandles.lookup().findVarHandle(AddedValues.class, "count", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final LabelPair[] pairs;

  @SuppressWarnings("unused") // through COUNT
  private int count;

  AddedValues(int capacity) {
    this.pairs = new LabelPair[capacity];
  }

  /** False where there is no room. */
  boolean add(LabelPair pair) {
    int n = count;
    if (n == pairs.length) {
      return false;
    }
    pairs[n] = pair;
    COUNT.setRelease(this, n + 1);
    return true;
  }

  int count() {
    return (int) COUNT.getAcquire(this);
  }

  LabelPair get(int i) {
    return pairs[i];
  }
}
