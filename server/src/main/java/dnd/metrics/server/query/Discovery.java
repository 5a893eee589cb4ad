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
import dnd.metrics.server.promql.exec.SeriesSearch;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.Parser;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers what series, labels and metrics there are, in the shapes of the Prometheus API's {@code
 * series}, {@code labels}, {@code label/<name>/values} and {@code metadata}. Safe for use by
 * several threads.
 */
final class Discovery {
  private final Supplier<Map<String, MetricMetadata>> metadata;
  private final Answers answers;

  Discovery(Supplier<Map<String, MetricMetadata>> metadata, Answers answers) {
    this.metadata = metadata;
    this.answers = answers;
  }

  /**
   * Answers.
   *
   * @param source where series are looked for
   * @param search ends that where it has to
   * @param canceled asked between the parts of an answer
   * @throws dnd.metrics.server.promql.exec.QueryException where the search was ended
   */
  void answer(
      Asker asker,
      DiscoveryEvent event,
      boolean parts,
      SeriesSource source,
      SeriesSearch search,
      BooleanSupplier canceled) {
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
    Selected selected = new Selected(source, selectors, from(event), to(event), search);
    Sending sending = new Sending(asker, parts, event.limit(), canceled, search);
    switch (event.kind()) {
      case SERIES -> send(sending, '[', ']', selected.series(), ValueWriter::writeLabels);
      case LABELS -> send(sending, '[', ']', selected.labelNames(), JsonBuffer::string);
      case LABEL_VALUES ->
          send(sending, '[', ']', selected.labelValues(event.label()), JsonBuffer::string);
      case METADATA -> send(sending, '{', '}', metadata(event.metric()), Discovery::writeMetadata);
    }
  }

  private static long from(DiscoveryEvent event) {
    Long start = event.startMillis();
    return start == null ? Timestamps.MIN_MILLIS : start;
  }

  private static long to(DiscoveryEvent event) {
    Long end = event.endMillis();
    return end == null ? Timestamps.MAX_MILLIS : end;
  }

  private static List<Matcher> selector(String text) {
    return Parser.parseSelector(text);
  }

  /** What there is between two times that one of the selectors finds, or all without any. */
  private record Selected(
      SeriesSource source, List<List<Matcher>> selectors, long from, long to, SeriesSearch search) {
    Collection<Labels> series() {
      TreeSet<Labels> found = new TreeSet<>();
      for (List<Matcher> selector : selectors) {
        for (Series series : source.select(selector, from, to, search)) {
          search.check();
          if (found.add(series.labels())) {
            search.keepLabels(series);
          }
        }
        search.settle();
      }
      return found;
    }

    Collection<String> labelNames() {
      return union(selector -> source.labelNames(selector, from, to, search));
    }

    Collection<String> labelValues(String name) {
      return union(selector -> source.labelValues(name, selector, from, to, search));
    }

    private Collection<String> union(Function<List<Matcher>, List<String>> question) {
      if (selectors.size() < 2) {
        return question.apply(selectors.isEmpty() ? List.of() : selectors.getFirst());
      }
      TreeSet<String> found = new TreeSet<>(Labels::compareCodePoints);
      for (List<Matcher> selector : selectors) {
        found.addAll(question.apply(selector));
      }
      return found;
    }
  }

  /** To whom and how an answer goes. */
  private record Sending(
      Asker asker, boolean parts, int limit, BooleanSupplier canceled, SeriesSearch search) {
    boolean isCut(Collection<?> found) {
      return limit > 0 && found.size() > limit;
    }

    byte[] foot(boolean cut) {
      List<String> warnings = new ArrayList<>();
      if (cut) {
        warnings.add("results truncated due to limit");
      }
      search.leftOut().forEach(what -> warnings.add("something may be missing: " + what));
      return Answers.foot(new Annotations(warnings, List.of()), null);
    }
  }

  private <T> void send(
      Sending to, char open, char close, Collection<T> found, Elements.ElementWriter<T> writer) {
    boolean cut = to.isCut(found);
    Collection<T> sent = cut ? found.stream().limit(to.limit()).toList() : found;
    answers.send(
        to.asker(),
        to.parts(),
        to.canceled(),
        to.foot(cut),
        stream -> {
          stream.begin(null, open, close);
          return Elements.write(stream, sent, writer);
        });
  }

  private Collection<Map.Entry<String, MetricMetadata>> metadata(@Nullable String metric) {
    Map<String, MetricMetadata> known = metadata.get();
    TreeMap<String, MetricMetadata> found = new TreeMap<>(Labels::compareCodePoints);
    if (metric == null) {
      found.putAll(known);
    } else {
      MetricMetadata one = known.get(metric);
      if (one != null) {
        found.put(metric, one);
      }
    }
    return found.entrySet();
  }

  private static void writeMetadata(JsonBuffer out, Map.Entry<String, MetricMetadata> entry) {
    MetricMetadata metadata = entry.getValue();
    out.string(entry.getKey()).raw(":[{\"type\":");
    out.string(metadata.type().isEmpty() ? "unknown" : metadata.type());
    out.raw(",\"help\":").string(metadata.help());
    out.raw(",\"unit\":").string(metadata.unit()).raw("}]");
  }
}
