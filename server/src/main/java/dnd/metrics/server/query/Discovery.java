package dnd.metrics.server.query;

import dnd.metrics.events.DiscoveryEvent;
import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.JsonBuffer;
import dnd.metrics.events.Timestamps;
import dnd.metrics.server.head.MetricMetadata;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.Annotations;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.Parser;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Answers what series, labels and metrics there are, in the shapes of the Prometheus API's {@code
 * series}, {@code labels}, {@code label/<name>/values} and {@code metadata}. Safe for use by
 * several threads.
 */
final class Discovery {
  private final SeriesSource source;
  private final Supplier<Map<String, MetricMetadata>> metadata;
  private final Answers answers;

  Discovery(SeriesSource source, Supplier<Map<String, MetricMetadata>> metadata, Answers answers) {
    this.source = source;
    this.metadata = metadata;
    this.answers = answers;
  }

  void answer(Asker asker, DiscoveryEvent event, boolean parts) {
    List<List<Matcher>> selectors = new ArrayList<>();
    for (String match : event.match()) {
      try {
        selectors.add(selector(match));
      } catch (ParseException e) {
        answers.error(asker, ErrorAnswer.of(e, "match[]", ErrorCode.INVALID_MATCHER));
        return;
      }
    }
    for (List<Matcher> selector : selectors) {
      if (selector.stream().allMatch(matcher -> matcher.matches(""))) {
        answers.error(asker, ErrorAnswer.emptySelector());
        return;
      }
    }
    Long start = event.startMillis();
    Long end = event.endMillis();
    long from = start == null ? Timestamps.MIN_MILLIS : start;
    long to = end == null ? Timestamps.MAX_MILLIS : end;
    switch (event.kind()) {
      case SERIES ->
          send(asker, event, parts, series(selectors, from, to), ValueWriter::writeLabels);
      case LABELS -> send(asker, event, parts, labelNames(selectors, from, to), JsonBuffer::string);
      case LABEL_VALUES ->
          send(
              asker,
              event,
              parts,
              labelValues(event.label(), selectors, from, to),
              JsonBuffer::string);
      case METADATA -> sendMetadata(asker, event, parts);
    }
  }

  private static List<Matcher> selector(String text) {
    return Parser.parseSelector(text);
  }

  private Collection<Labels> series(List<List<Matcher>> selectors, long from, long to) {
    TreeSet<Labels> found = new TreeSet<>();
    for (List<Matcher> selector : selectors) {
      for (Series series : source.select(selector, from, to)) {
        found.add(series.labels());
      }
    }
    return found;
  }

  private Collection<String> labelNames(List<List<Matcher>> selectors, long from, long to) {
    if (selectors.size() < 2) {
      return source.labelNames(selectors.isEmpty() ? List.of() : selectors.get(0), from, to);
    }
    TreeSet<String> found = new TreeSet<>(Labels::compareCodePoints);
    for (List<Matcher> selector : selectors) {
      found.addAll(source.labelNames(selector, from, to));
    }
    return found;
  }

  private Collection<String> labelValues(
      String name, List<List<Matcher>> selectors, long from, long to) {
    if (selectors.size() < 2) {
      List<Matcher> selector = selectors.isEmpty() ? List.of() : selectors.get(0);
      return source.labelValues(name, selector, from, to);
    }
    TreeSet<String> found = new TreeSet<>(Labels::compareCodePoints);
    for (List<Matcher> selector : selectors) {
      found.addAll(source.labelValues(name, selector, from, to));
    }
    return found;
  }

  private <T> void send(
      Asker asker,
      DiscoveryEvent event,
      boolean parts,
      Collection<T> found,
      Elements.ElementWriter<T> writer) {
    boolean cut = event.limit() > 0 && found.size() > event.limit();
    Collection<T> sent = cut ? found.stream().limit(event.limit()).toList() : found;
    answers.send(
        asker,
        parts,
        () -> false,
        foot(cut),
        stream -> {
          stream.begin(null, '[', ']');
          return Elements.write(stream, sent, writer);
        });
  }

  private void sendMetadata(Asker asker, DiscoveryEvent event, boolean parts) {
    Map<String, MetricMetadata> known = metadata.get();
    String metric = event.metric();
    TreeMap<String, MetricMetadata> found = new TreeMap<>(Labels::compareCodePoints);
    if (metric == null) {
      found.putAll(known);
    } else {
      MetricMetadata one = known.get(metric);
      if (one != null) {
        found.put(metric, one);
      }
    }
    boolean cut = event.limit() > 0 && found.size() > event.limit();
    Collection<Map.Entry<String, MetricMetadata>> sent =
        cut ? found.entrySet().stream().limit(event.limit()).toList() : found.entrySet();
    answers.send(
        asker,
        parts,
        () -> false,
        foot(cut),
        stream -> {
          stream.begin(null, '{', '}');
          return Elements.write(stream, sent, Discovery::writeMetadata);
        });
  }

  private static void writeMetadata(JsonBuffer out, Map.Entry<String, MetricMetadata> entry) {
    MetricMetadata metadata = entry.getValue();
    out.string(entry.getKey()).raw(":[{\"type\":");
    out.string(metadata.type().isEmpty() ? "unknown" : metadata.type());
    out.raw(",\"help\":").string(metadata.help());
    out.raw(",\"unit\":").string(metadata.unit()).raw("}]");
  }

  private static byte[] foot(boolean cut) {
    List<String> warnings = cut ? List.of("results truncated due to limit") : List.of();
    return Answers.foot(new Annotations(warnings, List.of()), null);
  }
}
