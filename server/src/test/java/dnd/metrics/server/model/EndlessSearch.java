package dnd.metrics.server.model;

import java.util.List;

/** A search that goes on until it is stopped. */
public final class EndlessSearch implements NamelessSource {
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
}
