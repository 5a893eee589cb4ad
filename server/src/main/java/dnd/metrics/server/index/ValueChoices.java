package dnd.metrics.server.index;

import dnd.metrics.server.model.Matcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Which values of a label stand out to a matcher, remembered from one search to the next: rules and
 * dashboards ask the same regular expressions over and over, while few values come. Only those that
 * came since are looked at. Of a matcher that refuses the empty value those that it accepts stand
 * out, of one that accepts it those that it refuses.
 *
 * <p>Bounded in matchers and in values that are remembered, the longest unused go first. Safe for
 * use by several threads. What stands out is values, not series, which their pairs know themselves:
 * so nothing has to be done when a series comes that has known values.
 */
final class ValueChoices {
  private static final int MAX_MATCHERS = 4096;
  private static final int MAX_VALUES = 1 << 20;
  private static final int ASKED_PER_CHECK = 256;

  /**
   * What stood out when so many of the added values had been looked at. Immutable.
   *
   * @param seen of {@code added}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Choice(AddedValues added, int seen, LabelPair[] pairs) {}

  private final Map<Matcher, Choice> byMatcher = new LinkedHashMap<>(64, 0.75f, true);
  private int remembered;

  /** How many values stand out, as far as is known without looking at all; -1 where it is not. */
  int knownCount(LabelPostings label, Matcher matcher) {
    Choice known = known(label, matcher);
    return known == null ? -1 : known.pairs.length;
  }

  /**
   * The series with a value that stands out.
   *
   * @param check is run now and then while values are gone through, and may throw
   */
  RoaringBitmap series(LabelPostings label, Matcher matcher, Runnable check) {
    RoaringBitmap union = new RoaringBitmap();
    for (LabelPair pair : choice(label, matcher, check).pairs) {
      pair.series.addTo(union);
    }
    return union;
  }

  private Choice choice(LabelPostings label, Matcher matcher, Runnable check) {
    Choice known = known(label, matcher);
    if (known == null) {
      return remember(matcher, lookAtAll(label, matcher, check));
    }
    int count = known.added.count();
    if (count == known.seen) {
      return known;
    }
    boolean ofEmpty = matcher.matches("");
    List<LabelPair> more = new ArrayList<>();
    for (int i = known.seen; i < count; i++) {
      LabelPair pair = known.added.get(i);
      if (matcher.matches(pair.value()) != ofEmpty) {
        more.add(pair);
      }
    }
    LabelPair[] pairs = known.pairs;
    if (!more.isEmpty()) {
      pairs = Arrays.copyOf(pairs, pairs.length + more.size());
      for (int i = 0; i < more.size(); i++) {
        pairs[known.pairs.length + i] = more.get(i);
      }
    }
    return remember(matcher, new Choice(known.added, count, pairs));
  }

  private static Choice lookAtAll(LabelPostings label, Matcher matcher, Runnable check) {
    AddedValues added = label.listen();
    int seen = added.count();
    boolean ofEmpty = matcher.matches("");
    List<LabelPair> pairs = new ArrayList<>();
    int asked = 0;
    for (LabelPair pair : label.values.values()) {
      if (matcher.matches(pair.value()) != ofEmpty) {
        pairs.add(pair);
      }
      if (++asked % ASKED_PER_CHECK == 0) {
        check.run();
      }
    }
    return new Choice(added, seen, pairs.toArray(LabelPair[]::new));
  }

  private @Nullable Choice known(LabelPostings label, Matcher matcher) {
    synchronized (byMatcher) {
      Choice known = byMatcher.get(matcher);
      return known != null && label.notesIn(known.added) ? known : null;
    }
  }

  private Choice remember(Matcher matcher, Choice choice) {
    synchronized (byMatcher) {
      Choice before = byMatcher.put(matcher, choice);
      remembered += choice.pairs.length - (before == null ? 0 : before.pairs.length);
      Iterator<Choice> eldest = byMatcher.values().iterator();
      while (byMatcher.size() > MAX_MATCHERS || (remembered > MAX_VALUES && byMatcher.size() > 1)) {
        remembered -= eldest.next().pairs.length;
        eldest.remove();
      }
    }
    return choice;
  }
}
