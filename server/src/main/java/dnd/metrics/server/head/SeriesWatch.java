package dnd.metrics.server.head;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which series someone watches: those that one of the selectors finds. Closing it ends that; a call
 * that is under way may still arrive. Safe for use by several threads.
 */
public final class SeriesWatch implements AutoCloseable {
  private final Head head;
  private final List<List<Matcher>> selectors;
  private volatile @Nullable AppendListener listener;

  /** Of the log's thread. */
  private final List<AppendedEvents> news = new ArrayList<>();

  SeriesWatch(Head head, List<List<Matcher>> selectors, AppendListener listener) {
    this.head = head;
    this.selectors = selectors.stream().map(List::copyOf).toList();
    this.listener = listener;
  }

  boolean matches(Labels labels) {
    for (List<Matcher> selector : selectors) {
      if (Matcher.allMatch(selector, labels)) {
        return true;
      }
    }
    return false;
  }

  /** Adds the metric names that the selectors name; false where one of them names none. */
  boolean addMetricNames(Set<String> names) {
    boolean all = true;
    for (List<Matcher> selector : selectors) {
      all &= addMetricNames(selector, names);
    }
    return all;
  }

  private static boolean addMetricNames(List<Matcher> selector, Set<String> names) {
    for (Matcher matcher : selector) {
      Set<String> named = matcher.isNegative() ? null : matcher.namedValues();
      if (named != null && matcher.name().equals(Labels.METRIC_NAME)) {
        names.addAll(named);
        return true;
      }
    }
    return false;
  }

  /** Whether something was noted since it was told. */
  boolean hasNews() {
    return !news.isEmpty();
  }

  /** Notes what came for a group of its series. */
  void note(AppendedEvents ofGroup) {
    news.add(ofGroup);
  }

  /**
   * Tells the listener what was noted: at once, or part by part where there is no memory for it.
   */
  void tell() {
    AppendedEvents joined = null;
    try {
      joined = AppendedEvents.joined(news);
    } catch (OutOfMemoryError e) {
      tellEach();
    } finally {
      news.clear();
    }
    if (joined != null) {
      tell(joined);
    }
  }

  private void tellEach() {
    for (int i = 0; i < news.size(); i++) {
      tell(news.get(i));
    }
  }

  /** Tells the listener of this, and of nothing that was noted. */
  void tell(AppendedEvents events) {
    AppendListener l = listener;
    if (l != null) {
      l.appended(events);
    }
  }

  void silence() {
    listener = null; // series that get no samples any more keep the watch
  }

  /** Doing it again has no effect. */
  @Override
  public void close() {
    silence();
    head.unwatch(this);
  }
}
