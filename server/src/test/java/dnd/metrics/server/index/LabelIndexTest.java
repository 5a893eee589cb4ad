package dnd.metrics.server.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class LabelIndexTest {
  private static final List<Matcher.Type> TYPES = List.of(Matcher.Type.values());

  /** Whatever is gone through, values or series, the one who looks may stop. */
  @Test
  void aSearchCanBeStoppedAtEveryKindOfMatcher() {
    List<Labels> model = new ArrayList<>();
    LabelIndex index = new LabelIndex(i -> i < model.size() ? model.get(i) : null);
    for (int i = 0; i < 2_000; i++) {
      model.add(Labels.of("host", "h" + i, "job", "j"));
      index.add(i, model.get(i));
    }
    List<List<Matcher>> searches =
        List.of(
            List.of(new Matcher(Matcher.Type.REGEX, "host", "h[0-9]*[05]")),
            List.of(new Matcher(Matcher.Type.NOT_REGEX, "host", "h[0-9]*[05]")),
            List.of(
                new Matcher(Matcher.Type.EQUAL, "job", "j"),
                new Matcher(Matcher.Type.REGEX, "host", "h[0-9]*[05]")));
    for (List<Matcher> search : searches) {
      AtomicInteger checks = new AtomicInteger();
      index.select(search, checks::incrementAndGet);
      assertThat(checks.get()).as("looks during " + search).isGreaterThan(5);
      assertThatThrownBy(() ->
              index.select(
                  search,
                  () -> {
                    throw new IllegalStateException("stopped");
                  }))
          .as(search.toString())
          .hasMessage("stopped");
    }
  }

  /** The index against a list that is asked one series after the other. */
  @Test
  void answersAsALookAtEverySeriesWould() {
    long seed = 7;
    Random random = new Random(seed);
    List<Labels> model = new ArrayList<>();
    LabelIndex index = new LabelIndex(i -> i < model.size() ? model.get(i) : null);
    String[] values = {"a", "b", "ab", "abc", "x1", "x2", "prod-eu", "prod-us"};
    String[] regexes = {
      "a|b",
      "",
      ".*",
      ".+",
      "a.*",
      ".*b",
      "x[0-9]",
      "prod-(eu|us)",
      "(a|)",
      "zzz",
      "zzz|",
      ".*b.*",
      "[^a]*"
    };
    for (int round = 0; round < 400; round++) {
      for (int n = random.nextInt(30); n >= 0; n--) {
        Labels.Builder labels = Labels.builder().set("id", "n" + model.size());
        for (String name : List.of("env", "app", "zone")) {
          if (random.nextInt(4) > 0) {
            labels.set(name, values[random.nextInt(values.length)]);
          }
        }
        Labels given = labels.build();
        LabelPair[] pairs = index.add(model.size(), given);
        assertThat(LabelPair.labels(pairs)).isEqualTo(given);
        assertThat(LabelPair.hash(pairs)).isEqualTo(given.hashCode());
        if (!model.isEmpty()) {
          Labels other = model.get(random.nextInt(model.size()));
          assertThat(Integer.signum(LabelPair.compare(pairs, index.pairs(other))))
              .isEqualTo(Integer.signum(given.compareTo(other)));
        }
        model.add(given);
      }
      List<Matcher> matchers = new ArrayList<>();
      for (int n = random.nextInt(4); n > 0; n--) {
        Matcher.Type type = TYPES.get(random.nextInt(4));
        boolean regex = type == Matcher.Type.REGEX || type == Matcher.Type.NOT_REGEX;
        String value =
            regex
                ? regexes[random.nextInt(regexes.length)]
                : random.nextInt(5) == 0 ? "" : values[random.nextInt(values.length)];
        matchers.add(
            new Matcher(
                type, List.of("env", "app", "zone", "absent", "id").get(random.nextInt(5)), value));
      }
      RoaringBitmap expected = new RoaringBitmap();
      TreeSet<String> names = new TreeSet<>();
      TreeSet<String> envs = new TreeSet<>();
      for (int i = 0; i < model.size(); i++) {
        Labels labels = model.get(i);
        if (matchers.stream().allMatch(m -> m.matches(labels))) {
          expected.add(i);
          names.addAll(labels.toMap().keySet());
          if (labels.has("env")) {
            envs.add(labels.get("env"));
          }
        }
      }
      RoaringBitmap found = index.select(matchers);
      assertThat(found).as("seed %d round %d: %s", seed, round, matchers).isEqualTo(expected);
      assertThat(index.names(found)).containsExactlyElementsOf(names);
      assertThat(index.values("env", found)).containsExactlyElementsOf(envs);
    }
    assertThat(index.names(null)).containsExactly("app", "env", "id", "zone");
    assertThat(index.values("id", null)).hasSize(model.size());
    assertThat(index.values("nobody", null)).isEmpty();
  }

  @Test
  void sharesStrings() {
    LabelIndex index = new LabelIndex(i -> null);
    LabelPair[] first = index.add(0, Labels.of("a", new String("value")));
    LabelPair[] second = index.add(1, Labels.of(new String("a"), new String("value")));
    assertThat(second[0]).isSameAs(first[0]);
  }

  /**
   * A reader sees every series that was there when it began, at any moment of a posting's growth.
   */
  @Test
  void readersMissNothingWhileSeriesAreAdded() throws Exception {
    LabelIndex index = new LabelIndex(i -> Labels.of("parity", String.valueOf(i % 2)));
    AtomicInteger added = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    int total = 60_000;
    Thread reader =
        new Thread(() -> {
          try {
            List<Matcher> even = List.of(Matcher.equal("parity", "0"));
            while (added.get() < total) {
              int before = added.get();
              assertThat(index.select(even).rangeCardinality(0, before))
                  .isEqualTo((before + 1) / 2);
              assertThat(index.select(List.of()).rangeCardinality(0, before)).isEqualTo(before);
              assertThat(
                      index
                          .select(List.of(new Matcher(Matcher.Type.NOT_EQUAL, "parity", "1")))
                          .rangeCardinality(0, before))
                  .isEqualTo((before + 1) / 2);
            }
          } catch (Throwable t) {
            failure.set(t);
          }
        });
    reader.start();
    for (int i = 0; i < total; i++) {
      index.add(i, Labels.of("parity", Integer.toString(i % 2), "id", Integer.toString(i)));
      added.set(i + 1);
    }
    reader.join();
    assertThat(failure.get()).isNull();
  }
}
