package dnd.metrics.server.model;

import java.util.List;

/** A source of which only series are asked: it knows of no names and values of labels. */
public interface NamelessSource extends SeriesSource {
  @Override
  default List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis) {
    return List.of();
  }

  @Override
  default List<String> labelValues(
      String name, List<Matcher> matchers, long fromMillis, long toMillis) {
    return List.of();
  }
}
