package dnd.metrics.client;

import dnd.metrics.events.Metric;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a process counts under one name and one set of labels: a handle to keep, on which a call
 * costs some nanoseconds. Safe for use by several threads.
 *
 * <p>The changed-mark: whoever changes the value does so first and looks at the mark then; whoever
 * collects clears the mark first and reads the value then. Both go through volatile accesses, so
 * either the collector sees the change, or the changer sees the cleared mark and sets it again: no
 * change stays behind. As a rule the mark is set already, and looking costs one read of a cache
 * line that nobody writes.
 */
public abstract sealed class Series permits Counter, Gauge, Histogram {
  private static final VarHandle MARKED;

  static {
    try {
      MARKED = MethodHandles.lookup().findVarHandle(Series.class, "marked", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final MetricFamily family;
  private final Map<String, String> labels;
  private final long number;
  private final long createdMillis;
  private final ChangedSeries changes;
  private volatile boolean marked;

  /** The next one of {@link ChangedSeries}; written before this one is put on it. */
  @Nullable Series nextChanged;

  Series(MetricFamily family, Map<String, String> labels, SeriesBirth birth) {
    this.family = family;
    this.labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    this.number = birth.number();
    this.createdMillis = birth.createdMillis();
    this.changes = birth.changes();
  }

  /** The metric's name. */
  public final String name() {
    return family.name();
  }

  /** The labels, in the order of their names. */
  public final Map<String, String> labels() {
    return labels;
  }

  /** Counts up with every series that the client makes. */
  final long number() {
    return number;
  }

  final long createdMillis() {
    return createdMillis;
  }

  final MetricFamily family() {
    return family;
  }

  /** To be called after each change of the value. */
  final void changed() {
    if (!marked) {
      mark();
    }
  }

  private void mark() {
    if (MARKED.compareAndSet(this, false, true)) {
      changes.push(this);
    }
  }

  /** To be called before the value is read for a push. */
  final void clearMark() {
    marked = false;
  }

  /** The value now, as an event carries it. */
  abstract Metric collect();

  @Override
  public final String toString() {
    return name() + labels;
  }
}
