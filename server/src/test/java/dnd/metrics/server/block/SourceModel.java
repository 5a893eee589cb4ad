package dnd.metrics.server.block;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The simple model of a source: a map. Compares what a real one answers. */
public final class SourceModel {
  private static final List<Matcher.Type> TYPES = List.of(Matcher.Type.values());

  private SourceModel() {}

  /** Everything in a source. */
  public static SortedMap<Labels, SampleList> contentOf(SeriesSource source) {
    TreeMap<Labels, SampleList> all = new TreeMap<>();
    for (Series series : source.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE)) {
      all.put(series.labels(), SampleList.of(series.read(Long.MIN_VALUE, Long.MAX_VALUE)));
    }
    return all;
  }

  /** Fails with the first difference, not with all there is. */
  public static void assertSame(
      String what, Map<Labels, SampleList> found, Map<Labels, SampleList> wanted) {
    assertThat(found.keySet()).as(what).isEqualTo(wanted.keySet());
    wanted.forEach((labels, samples) -> {
      List<SampleList.Sample> there = found.get(labels).samples();
      int n = Math.min(there.size(), samples.samples().size());
      for (int i = 0; i < n; i++) {
        assertThat(there.get(i))
            .as("%s: sample %d of %s", what, i, labels)
            .isEqualTo(samples.samples().get(i));
      }
      assertThat(there.size())
          .as("%s: size of %s", what, labels)
          .isEqualTo(samples.samples().size());
    });
  }

  /** Fails where the source answers otherwise than the model. */
  public static void compare(
      SeriesSource source,
      Map<Labels, SampleList> model,
      List<Matcher> matchers,
      long from,
      long to) {
    TreeMap<Labels, SampleList> wanted = new TreeMap<>();
    model.forEach((labels, samples) -> {
      SampleList some = samples.between(from, to);
      if (!some.isEmpty() && matchers.stream().allMatch(m -> m.matches(labels))) {
        wanted.put(labels, some);
      }
    });
    TreeMap<Labels, SampleList> found = new TreeMap<>();
    List<? extends Series> selected = source.select(matchers, from, to);
    for (Series series : selected) {
      SampleList samples = SampleList.of(series.read(from, to));
      if (!samples.isEmpty()) { // select says which may have samples
        assertThat(found.put(series.labels(), samples)).as("the same series twice").isNull();
      }
    }
    String what = matchers + " from " + from + " to " + to;
    assertSame(what, found, wanted);
    TreeSet<String> names = new TreeSet<>(Labels::compareCodePoints);
    TreeSet<String> values = new TreeSet<>(Labels::compareCodePoints);
    for (Series series : selected) {
      series.labels().forEach((name, value) -> names.add(name));
      values.add(series.labels().get("label_1"));
    }
    values.remove("");
    if (!matchers.isEmpty()) { // without, all that the source knows are told
      assertThat(source.labelNames(matchers, from, to)).as(what).containsExactlyElementsOf(names);
      assertThat(source.labelValues("label_1", matchers, from, to))
          .as(what)
          .containsExactlyElementsOf(values);
    }
  }

  /** Matchers of all kinds, most of which find something in {@link RandomSeries}. */
  public static List<Matcher> matchers(Random random) {
    List<Matcher> matchers = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      String name =
          switch (random.nextInt(4)) {
            case 0 -> "__name__";
            case 1 -> "instance";
            case 2 -> "absent";
            default -> "label_" + random.nextInt(5);
          };
      Matcher.Type type = TYPES.get(random.nextInt(TYPES.size()));
      String[] values =
          type == Matcher.Type.EQUAL || type == Matcher.Type.NOT_EQUAL
              ? new String[] {"", "bard", "metric_1", "host-3", "ä", "\ud83d\udc09", "\uffee"}
              : new String[] {
                ".*", ".+", "", "bard|rogue|ä", "metric_[0-3]", "host-1.*", "|x", "[^b].*"
              };
      matchers.add(new Matcher(type, name, values[random.nextInt(values.length)]));
    }
    return matchers;
  }
}
