package dnd.metrics.server.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
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
    List<List<Matcher>> searches =
        List.of(
            List.of(new Matcher(Matcher.Type.REGEX, "host", "h[0-9]*[05]")),
            List.of(new Matcher(Matcher.Type.NOT_REGEX, "host", "h[0-9]*[05]")),
            List.of(
                new Matcher(Matcher.Type.EQUAL, "job", "j"),
                new Matcher(Matcher.Type.REGEX, "host", "h[0-9]*[05]")));
    for (List<Matcher> search : searches) {
      AtomicInteger checks = new AtomicInteger();
      twoThousandHosts().select(search, checks::incrementAndGet);
      assertThat(checks.get()).as("looks during " + search).isGreaterThan(5);
      LabelIndex index = twoThousandHosts(); // one that remembers nothing
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

  private static LabelIndex twoThousandHosts() {
    List<Labels> model = new ArrayList<>();
    LabelIndex index = new LabelIndex(i -> i < model.size() ? model.get(i) : null);
    for (int i = 0; i < 2_000; i++) {
      model.add(Labels.of("host", "h" + i, "job", "j"));
      index.add(i, model.get(i));
    }
    return index;
  }

  /** The same searches again and again, while values and series come and go in large numbers. */
  @Test
  void whatIsRememberedOfASearchIsNeverOutOfDate() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    TreeMap<Integer, Labels> model = new TreeMap<>();
    LabelIndex index = new LabelIndex(model::get);
    List<List<Matcher>> searches = new ArrayList<>();
    for (String expression : List.of("h1.*", "h[0-9]*7", "|h[0-9]*", ".*", "(h[2-9]+|)", "no.*")) {
      for (Matcher.Type type : List.of(Matcher.Type.REGEX, Matcher.Type.NOT_REGEX)) {
        Matcher host = new Matcher(type, "host", expression);
        searches.add(List.of(host));
        searches.add(List.of(Matcher.equal("name", "up"), host));
        searches.add(List.of(host, new Matcher(type, "zone", "z[0-4]")));
      }
    }
    int next = 0;
    for (int round = 0; round < 300; round++) {
      switch (random.nextInt(12)) {
        case 0 -> { // more at once than is noted
          for (int i = 0; i < 3_000; i++) {
            next = add(index, model, next, random);
          }
        }
        case 1 -> {
          RoaringBitmap gone = new RoaringBitmap();
          List<LabelPair[]> labels = new ArrayList<>();
          for (int number : List.copyOf(model.keySet())) {
            if (random.nextInt(3) > 0) {
              gone.add(number);
              labels.add(index.pairs(model.remove(number)));
            }
          }
          index.remove(gone, labels);
        }
        default -> {
          for (int i = random.nextInt(20); i > 0; i--) {
            next = add(index, model, next, random);
          }
        }
      }
      for (int i = 0; i < 5; i++) {
        List<Matcher> search = searches.get(random.nextInt(searches.size()));
        assertThat(index.select(search))
            .as("seed %d round %d: %s", seed, round, search)
            .isEqualTo(numbers(model, search));
      }
    }
  }

  private static int add(LabelIndex index, Map<Integer, Labels> model, int number, Random random) {
    Labels.Builder labels = Labels.builder().set("name", random.nextBoolean() ? "up" : "down");
    if (random.nextInt(10) > 0) {
      labels.set("host", "h" + random.nextInt(20_000));
    }
    if (random.nextInt(3) > 0) {
      labels.set("zone", "z" + random.nextInt(10));
    }
    model.put(number, labels.build());
    index.add(number, model.get(number));
    return number + 1;
  }

  /** A reader with an expression sees every value that was there when it began. */
  @Test
  void readersMissNoValueWhileSeriesAreAdded() throws Exception {
    LabelIndex index = new LabelIndex(i -> Labels.of("host", "h" + i));
    AtomicInteger added = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    int total = 60_000;
    Runnable read =
        () -> {
          try {
            List<Matcher> sevens = List.of(new Matcher(Matcher.Type.REGEX, "host", "h[0-9]*7"));
            while (added.get() < total) {
              int before = added.get();
              RoaringBitmap found = index.select(sevens);
              // of 0 until before those that end with a seven; rank() would take -1 as the largest
              assertThat(before == 0 ? 0 : found.rank(before - 1)).isEqualTo((before + 2) / 10);
            }
          } catch (Throwable t) {
            failure.set(t);
          }
        };
    List<Thread> readers = List.of(new Thread(read), new Thread(read));
    readers.forEach(Thread::start);
    for (int i = 0; i < total; i++) {
      index.add(i, Labels.of("host", "h" + i));
      added.set(i + 1);
    }
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(failure.get()).isNull();
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

  /** Few strings, each one object, so that most pairs are those of the series before. */
  @Test
  void seriesOfTheSameStringsComeAndGo() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> names = List.of("a", "b", "c", "d");
    List<String> values = List.of("x", "y", "z");
    TreeMap<Integer, Labels> model = new TreeMap<>();
    TreeMap<Integer, LabelPair[]> pairs = new TreeMap<>();
    LabelIndex index = new LabelIndex(model::get);
    for (int number = 0; number < 3_000; number++) {
      Labels.Builder builder = Labels.builder();
      names.stream()
          .filter(name -> random.nextInt(4) > 0)
          .forEach(name -> builder.set(name, values.get(random.nextInt(values.size()))));
      Labels labels = builder.build();
      model.put(number, labels);
      pairs.put(number, index.add(number, labels));
      while (model.size() > random.nextInt(12)) {
        int gone = List.copyOf(model.keySet()).get(random.nextInt(model.size()));
        model.remove(gone);
        index.remove(RoaringBitmap.bitmapOf(gone), List.<LabelPair[]>of(pairs.remove(gone)));
      }
      for (String name : names) {
        for (String value : values) {
          List<Matcher> search = List.of(Matcher.equal(name, value));
          assertThat(index.select(search))
              .as("seed %d, %d: %s", seed, number, search)
              .isEqualTo(numbers(model, search));
        }
      }
    }
  }

  private static RoaringBitmap numbers(Map<Integer, Labels> model, List<Matcher> search) {
    RoaringBitmap numbers = new RoaringBitmap();
    model.forEach((number, labels) -> {
      if (Matcher.allMatch(search, labels)) {
        numbers.add(number);
      }
    });
    return numbers;
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
