package dnd.metrics.server.block;

import dnd.metrics.server.model.Matcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * Finds the series of an index that matchers accept. Matchers mean what they mean in Prometheus
 * ({@code tsdb.PostingsForMatchers}): an absent label has the empty value. Safe for use by several
 * threads.
 */
final class SeriesSelector {
  /** So many take less than a millisecond or so. */
  static final int SERIES_PER_CHECK = 1024;

  /** So many numbers of a list are read in the time that an entry of a series takes. */
  private static final int NUMBERS_PER_ENTRY = 64;

  /** The list of the series that an equality accepts. */
  private record EqualList(Matcher matcher, long offset, long count) {}

  private final IndexFile index;
  private final PostingsTable postings;

  SeriesSelector(IndexFile index) {
    this.index = index;
    this.postings = index.postings();
  }

  /**
   * References of the series that all matchers accept, ascending in order of labels.
   *
   * @param check run again and again meanwhile; what it throws ends the search
   */
  RoaringBitmap select(List<Matcher> matchers, Runnable check) {
    List<EqualList> lists = new ArrayList<>();
    List<Matcher> choosing = new ArrayList<>();
    List<Matcher> refusing = new ArrayList<>();
    for (Matcher matcher : matchers) {
      if (matcher.matches("")) {
        refusing.add(matcher);
      } else if (matcher.type() == Matcher.Type.EQUAL) {
        long list = postings.find(matcher.name(), matcher.value());
        if (list < 0) {
          return new RoaringBitmap();
        }
        lists.add(new EqualList(matcher, list, index.countPostings(list)));
      } else if (!postings.has(matcher.name())) {
        return new RoaringBitmap();
      } else {
        choosing.add(matcher);
      }
    }
    RoaringBitmap result = intersection(lists, check);
    for (Matcher matcher : choosing) {
      if (result != null && isCheaperToAsk(result, matcher)) {
        result = asked(result, matcher, check);
      } else {
        RoaringBitmap accepted = accepted(matcher, check);
        result = result == null ? accepted : RoaringBitmap.and(result, accepted);
      }
    }
    if (result == null) {
      result = everything();
    }
    for (Matcher matcher : refusing) {
      if (result.isEmpty() || !postings.has(matcher.name())) {
        continue; // no series has the label, so that all have the empty value
      }
      if (isCheaperToAsk(result, matcher)) {
        result = asked(result, matcher, check);
      } else {
        result.andNot(refused(matcher, check));
      }
    }
    return result;
  }

  private RoaringBitmap everything() {
    RoaringBitmap all = new RoaringBitmap();
    if (postings.everything() >= 0) {
      index.addPostings(postings.everything(), all);
    }
    return all;
  }

  /**
   * The shortest lists first; where few series are left, those are asked, and the long lists are
   * not read. Null without lists.
   */
  private @Nullable RoaringBitmap intersection(List<EqualList> lists, Runnable check) {
    lists.sort(Comparator.comparingLong(EqualList::count));
    RoaringBitmap result = null;
    for (EqualList list : lists) {
      check.run();
      if (result != null && result.getLongCardinality() * NUMBERS_PER_ENTRY <= list.count) {
        result = asked(result, list.matcher, check);
      } else {
        RoaringBitmap series = new RoaringBitmap();
        index.addPostings(list.offset, series);
        result = result == null ? series : RoaringBitmap.and(result, series);
      }
      if (result.isEmpty()) {
        return result;
      }
    }
    return result;
  }

  /** Whether it takes longer to go through the label's values than through the series. */
  private boolean isCheaperToAsk(RoaringBitmap series, Matcher matcher) {
    Set<String> named = matcher.namedValues();
    long values = named == null ? postings.countValues(matcher.name()) : named.size();
    return series.getLongCardinality() <= values;
  }

  /** Those of the series whose labels the matcher accepts. */
  private RoaringBitmap asked(RoaringBitmap series, Matcher matcher, Runnable check) {
    long name = index.symbols().find(matcher.name());
    RoaringBitmap kept = new RoaringBitmap();
    IntIterator each = series.getIntIterator();
    for (int asked = 1; each.hasNext(); asked++) {
      int reference = each.next();
      if (matcher.matches(index.series(reference).value(name))) {
        kept.add(reference);
      }
      if (asked % SERIES_PER_CHECK == 0) {
        check.run();
      }
    }
    return kept;
  }

  /** The series that have a value of the label that the matcher accepts. */
  private RoaringBitmap accepted(Matcher matcher, Runnable check) {
    return withValues(matcher, !matcher.isNegative(), true, check);
  }

  /** The series that have a value that the matcher, which accepts the empty value, refuses. */
  private RoaringBitmap refused(Matcher matcher, Runnable check) {
    return withValues(matcher, matcher.isNegative(), false, check);
  }

  /**
   * The series that have a value about which the matcher says {@code wanted}.
   *
   * @param named whether that are the values that the matcher names, where it can name them
   */
  private RoaringBitmap withValues(Matcher matcher, boolean named, boolean wanted, Runnable check) {
    RoaringBitmap union = new RoaringBitmap();
    Set<String> values = named ? matcher.namedValues() : null;
    if (values != null) {
      for (String value : values) {
        long list = value.isEmpty() ? -1 : postings.find(matcher.name(), value);
        if (list >= 0) {
          index.addPostings(list, union);
        }
      }
      return union;
    }
    int[] asked = {0};
    postings.forEachValue(
        matcher.name(),
        (value, list) -> {
          if (matcher.matches(value) == wanted) {
            index.addPostings(list, union);
          }
          if (++asked[0] % SERIES_PER_CHECK == 0) {
            check.run();
          }
        });
    return union;
  }
}
