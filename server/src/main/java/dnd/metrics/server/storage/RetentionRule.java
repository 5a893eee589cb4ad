package dnd.metrics.server.storage;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.util.List;

/**
 * How long the series are kept that all matchers accept.
 *
 * @param keptMillis {@link Retention#FOR_EVER} for ever
 */
public record RetentionRule(List<Matcher> matchers, long keptMillis) {
  public RetentionRule {
    matchers = List.copyOf(matchers);
  }

  boolean matches(Labels labels) {
    return Matcher.allMatch(matchers, labels);
  }
}
