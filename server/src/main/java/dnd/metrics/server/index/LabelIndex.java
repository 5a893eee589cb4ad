package dnd.metrics.server.index;

import static java.util.Objects.requireNonNull;

import dnd.metrics.server.model.Labeled;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * The inverted index: label pair → numbers of the series that have it. It also keeps the one copy
 * of every label name and value. Numbers are given by the caller, in ascending order. Adding is for
 * one thread at a time (the caller sees to that); reading is for any number of threads, takes no
 * lock, and sees all series whose {@link #add} returned before.
 *
 * <p>Matchers mean what they mean in Prometheus ({@code tsdb.PostingsForMatchers}): an absent label
 * has the empty value, so a matcher that accepts the empty value also accepts series without the
 * label.
 */
public final class LabelIndex {
  private static final int ASKED_PER_CHECK = 256;

  private final ConcurrentHashMap<String, LabelPostings> names = new ConcurrentHashMap<>();
  private final PostingList all = new PostingList();
  private final ValueChoices choices = new ValueChoices();
  private final IntFunction<? extends @Nullable Labeled> labelsOf;

  /**
   * Those for which pairs were asked last, and these: the next series is often of the same thing.
   */
  private Labels lastLabels = Labels.empty();

  private LabelPair[] lastPairs = {};

  /**
   * @param labelsOf what has the labels of a series that was added, by its number; null where they
   *     are not to be had (yet). Where few series are left to be looked at, that is cheaper than
   *     lists.
   */
  public LabelIndex(IntFunction<? extends @Nullable Labeled> labelsOf) {
    this.labelsOf = labelsOf;
  }

  /**
   * Adds a series.
   *
   * @param number greater than all before
   * @return its labels as the shared pairs: keep these, not the strings given
   */
  public LabelPair[] add(int number, Labels labels) {
    LabelPair[] pairs = pairs(labels);
    add(number, pairs);
    return pairs;
  }

  /** The shared pairs of labels, made where there are none yet; for the thread that adds. */
  public LabelPair[] pairs(Labels labels) {
    LabelPair[] pairs = new LabelPair[labels.size()];
    Labels before = lastLabels;
    int same = Math.min(before.size(), pairs.length);
    for (int i = 0; i < pairs.length; i++) {
      String name = labels.name(i);
      String value = labels.value(i);
      pairs[i] =
          i < same && isSame(name, before.name(i)) && isSame(value, before.value(i))
              ? lastPairs[i]
              : pair(name, value);
    }
    lastLabels = labels;
    lastPairs = pairs;
    return pairs;
  }

  /** Whether they are one object, as those of the series of one event mostly are. */
  @SuppressWarnings("ReferenceEquality") // equal ones are found the long way
  private static boolean isSame(String one, String other) {
    return one == other;
  }

  /**
   * Adds a series that has these pairs, which are sorted by name.
   *
   * @param number greater than all before
   */
  public void add(int number, LabelPair[] pairs) {
    for (LabelPair pair : pairs) {
      pair.series.add(number);
      pair.label.all.add(number);
    }
    all.add(number);
  }

  /**
   * Adds series before anybody reads, whatever numbers there are already.
   *
   * @param numbers ascending
   * @param pairsOf the pairs of each of them
   */
  public void addAll(int[] numbers, IntFunction<LabelPair[]> pairsOf) {
    int before = all.last();
    IdentityHashMap<PostingList, RoaringBitmap> between = new IdentityHashMap<>();
    for (int number : numbers) {
      LabelPair[] pairs = pairsOf.apply(number);
      if (number > before) {
        add(number, pairs);
        continue;
      }
      for (LabelPair pair : pairs) {
        between.computeIfAbsent(pair.series, list -> new RoaringBitmap()).add(number);
        between.computeIfAbsent(pair.label.all, list -> new RoaringBitmap()).add(number);
      }
      between.computeIfAbsent(all, list -> new RoaringBitmap()).add(number);
    }
    between.forEach(PostingList::addAll);
  }

  /**
   * Puts the numbers of all series that have a label, or of all series where {@code name} is null,
   * in place; the pairs' own are {@link LabelPair#restore put in place} by themselves. Before
   * anybody adds or reads.
   */
  public void restore(@Nullable String name, RoaringBitmap numbers) {
    if (name == null) {
      all.restore(numbers);
    } else {
      LabelPostings label = names.get(name);
      if (label == null) {
        throw new IllegalArgumentException("no pair has the label " + name);
      }
      label.all.restore(numbers);
    }
  }

  /**
   * The numbers of all series that have a label, or of all series where {@code name} is null.
   * Shared: not to be changed.
   */
  public RoaringBitmap having(@Nullable String name) {
    if (name == null) {
      return all.toBitmap();
    }
    LabelPostings label = names.get(name);
    return label == null ? new RoaringBitmap() : label.all.toBitmap();
  }

  /**
   * Takes series out, with the labels that no other series has; for the thread that adds. Whoever
   * reads meanwhile may still see their numbers.
   *
   * @param labels those of the series
   */
  public void remove(RoaringBitmap series, List<LabelPair[]> labels) {
    lastLabels = Labels.empty();
    Set<LabelPair> pairs = new HashSet<>();
    for (LabelPair[] each : labels) {
      pairs.addAll(Arrays.asList(each));
    }
    Set<LabelPostings> touched = new HashSet<>();
    for (LabelPair pair : pairs) {
      touched.add(pair.label);
      if (pair.series.removeAll(series)) {
        pair.label.remove(pair.value());
      }
    }
    for (LabelPostings label : touched) {
      if (label.all.removeAll(series)) {
        names.remove(label.name);
      }
    }
    all.removeAll(series);
  }

  /** The pair, made where there is none yet; for the thread that adds. */
  public LabelPair pair(String name, String value) {
    LabelPostings label = names.get(name);
    if (label == null) {
      label = new LabelPostings(name);
      names.put(name, label);
    }
    LabelPair pair = label.values.get(value);
    if (pair == null) {
      pair = label.add(value);
    }
    return pair;
  }

  /** The numbers of the series that all matchers accept. Shared: not to be changed. */
  public RoaringBitmap select(List<Matcher> matchers) {
    return select(matchers, () -> {});
  }

  /**
   * The same for who may want to stop: {@code check} is run now and then while values or series are
   * gone through, and may throw.
   */
  public RoaringBitmap select(List<Matcher> matchers, Runnable check) {
    List<PostingList> lists = new ArrayList<>();
    List<Choosing> choosing = new ArrayList<>();
    List<Matcher> refusing = new ArrayList<>();
    for (Matcher matcher : matchers) {
      if (matcher.matches("")) {
        refusing.add(matcher);
        continue;
      }
      LabelPostings label = names.get(matcher.name());
      if (label == null) {
        return new RoaringBitmap();
      }
      if (matcher.type() == Matcher.Type.EQUAL) {
        LabelPair postings = label.values.get(matcher.value());
        if (postings == null) {
          return new RoaringBitmap();
        }
        lists.add(postings.series);
      } else if (acceptsEveryValue(matcher)) {
        lists.add(label.all);
      } else {
        choosing.add(new Choosing(label, matcher));
      }
    }
    RoaringBitmap chosen = chosen(lists, choosing, check);
    return remaining(chosen, refusing, check);
  }

  /** A matcher that refuses the empty value, and its label. */
  private record Choosing(LabelPostings label, Matcher matcher) {}

  /** The series in all lists that all matchers accept; all series where there is neither. */
  private RoaringBitmap chosen(List<PostingList> lists, List<Choosing> choosing, Runnable check) {
    List<RoaringBitmap> unions = new ArrayList<>();
    List<Choosing> others = new ArrayList<>();
    for (Choosing each : choosing) {
      if (isAtHand(each, lists)) {
        unions.add(standingOut(each.label, each.matcher, check));
      } else {
        others.add(each);
      }
    }
    RoaringBitmap result =
        lists.isEmpty() && unions.isEmpty() && !others.isEmpty()
            ? null
            : intersection(lists, unions);
    for (Choosing each : others) {
      if (result == null) {
        result = standingOut(each.label, each.matcher, check);
      } else if (isCheaperToAsk(result, each.label, each.matcher)) {
        result = accepted(result, each.matcher, check);
      } else {
        result = RoaringBitmap.and(result, standingOut(each.label, each.matcher, check));
      }
    }
    return requireNonNull(result);
  }

  /** Those of the series that these matchers accept too, all of which accept the empty value. */
  private RoaringBitmap remaining(RoaringBitmap series, List<Matcher> refusing, Runnable check) {
    RoaringBitmap result = series;
    for (Matcher matcher : refusing) {
      if (result.isEmpty()) {
        return result;
      }
      LabelPostings label = names.get(matcher.name());
      if (label == null) {
        continue; // no series has the label, so that all have the empty value
      }
      if (isCheaperToAsk(result, label, matcher)) {
        result = accepted(result, matcher, check);
        continue;
      }
      RoaringBitmap refused = standingOut(label, matcher, check);
      if (!refused.isEmpty()) {
        result = RoaringBitmap.andNot(result, refused);
      }
    }
    return result;
  }

  /**
   * Whether the values that stand out to a matcher are known, and no more than the series that are
   * left without it.
   */
  private boolean isAtHand(Choosing choosing, List<PostingList> lists) {
    int count = knownCount(choosing.label, choosing.matcher);
    return count >= 0 && lists.stream().allMatch(list -> list.size() >= count);
  }

  /** Whether it takes longer to find the values that stand out than to go through the series. */
  private boolean isCheaperToAsk(RoaringBitmap series, LabelPostings label, Matcher matcher) {
    int count = knownCount(label, matcher);
    return series.getLongCardinality() <= (count < 0 ? label.values.size() / 4 : count);
  }

  /** How many values stand out to a matcher; -1 where all have to be looked at to know. */
  private int knownCount(LabelPostings label, Matcher matcher) {
    Set<String> named = namedValues(matcher);
    return named == null ? choices.knownCount(label, matcher) : named.size();
  }

  /** Those of the series whose labels the matcher accepts. */
  private RoaringBitmap accepted(RoaringBitmap series, Matcher matcher, Runnable check) {
    RoaringBitmap kept = new RoaringBitmap();
    IntIterator each = series.getIntIterator();
    for (int asked = 1; each.hasNext(); asked++) {
      int number = each.next();
      Labeled labels = labelsOf.apply(number);
      if (labels != null && matcher.matches(labels)) {
        kept.add(number);
      }
      if (asked % ASKED_PER_CHECK == 0) {
        check.run();
      }
    }
    return kept;
  }

  /**
   * The series with a value that the matcher accepts or, where it accepts the empty value, refuses.
   */
  private RoaringBitmap standingOut(LabelPostings label, Matcher matcher, Runnable check) {
    if (matcher.type() == Matcher.Type.EQUAL) { // label="": whoever has the label is out
      return label.all.toBitmap();
    }
    Set<String> named = namedValues(matcher);
    if (named == null) {
      return choices.series(label, matcher, check);
    }
    RoaringBitmap union = new RoaringBitmap();
    for (String value : named) {
      LabelPair postings = label.values.get(value);
      if (postings != null) {
        postings.series.addTo(union);
      }
    }
    return union;
  }

  /** The values that stand out where they can be listed; null where not. */
  private static @Nullable Set<String> namedValues(Matcher matcher) {
    return matcher.isNegative() == matcher.matches("") ? matcher.namedValues() : null;
  }

  /** {@code label!=""} and {@code label=~".+"}, which only ask for the label to be there. */
  private static boolean acceptsEveryValue(Matcher matcher) {
    return switch (matcher.type()) {
      case NOT_EQUAL -> matcher.value().isEmpty();
      case REGEX -> matcher.value().equals(".+");
      case EQUAL, NOT_REGEX -> false;
    };
  }

  private RoaringBitmap intersection(List<PostingList> lists, List<RoaringBitmap> unions) {
    if (lists.isEmpty() && unions.isEmpty()) {
      return all.toBitmap();
    }
    if (lists.size() > 1) {
      lists.sort(Comparator.comparingLong(PostingList::size));
    }
    if (unions.size() > 1) {
      unions.sort(Comparator.comparingLong(RoaringBitmap::getLongCardinality));
    }
    RoaringBitmap result = null;
    for (RoaringBitmap union : unions) {
      result = result == null ? union : RoaringBitmap.and(result, union);
    }
    for (PostingList list : lists) {
      if (result == null) {
        result = list.toBitmap();
      } else if (result.getLongCardinality() * 16 < list.size()) {
        result = retained(result, list);
      } else {
        result = RoaringBitmap.and(result, list.toBitmap());
      }
    }
    return requireNonNull(result);
  }

  /** Few against many: look each of the few up. */
  private static RoaringBitmap retained(RoaringBitmap few, PostingList many) {
    RoaringBitmap kept = new RoaringBitmap();
    few.forEach((int number) -> {
      if (many.contains(number)) {
        kept.add(number);
      }
    });
    return kept;
  }

  /** Sorted names of the labels of the given series; of all where {@code among} is null. */
  public List<String> names(@Nullable RoaringBitmap among) {
    List<String> found = new ArrayList<>();
    for (LabelPostings label : names.values()) {
      if (among == null || label.all.intersects(among)) {
        found.add(label.name);
      }
    }
    found.sort(Labels::compareCodePoints);
    return found;
  }

  /** Sorted values of one label in the given series; in all where {@code among} is null. */
  public List<String> values(String name, @Nullable RoaringBitmap among) {
    List<String> found = new ArrayList<>();
    LabelPostings label = names.get(name);
    if (label != null) {
      for (LabelPair postings : label.values.values()) {
        if (among == null || postings.series.intersects(among)) {
          found.add(postings.value());
        }
      }
    }
    found.sort(Labels::compareCodePoints);
    return found;
  }
}
