package dnd.metrics.server.model;

import java.util.List;

/**
 * What is to be deleted: the samples between two times (Unix milliseconds, both included) of the
 * series that one of the selectors finds. Immutable.
 *
 * @param selectors lists of matchers, of which all must accept
 */
public record Deletion(List<List<Matcher>> selectors, long fromMillis, long toMillis) {
  public Deletion {
    selectors = selectors.stream().map(List::copyOf).toList();
    if (fromMillis > toMillis) {
      throw new IllegalArgumentException("from " + fromMillis + " to " + toMillis + " is no time");
    }
  }

  /** Whether a series is among those of which samples are deleted. */
  public boolean matches(Labeled labels) {
    for (List<Matcher> selector : selectors) {
      if (Matcher.allMatch(selector, labels)) {
        return true;
      }
    }
    return false;
  }
}
