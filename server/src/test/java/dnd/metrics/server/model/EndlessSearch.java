package dnd.metrics.server.model;

import java.util.List;

/** A search that goes on until it is stopped. */
public final class EndlessSearch implements SeriesSource {
  @Override
  public List<? extends Series> select(List<Matcher> matchers, long from, long to) {
    throw new AssertionError("a search that cannot be stopped");
  }

  @Override
  public List<? extends Series> select(
      List<Matcher> matchers, long from, long to, SearchProgress progress) {
    while (true) {
      progress.check();
    }
  }

  @Override
  public List<Long> resolutionsMillis() {
    return List.of(300_000L);
  }

  @Override
  public List<String> labelNames(List<Matcher> matchers, long from, long to) {
    return List.of();
  }

  @Override
  public List<String> labelValues(String name, List<Matcher> matchers, long from, long to) {
    return List.of();
  }
}
