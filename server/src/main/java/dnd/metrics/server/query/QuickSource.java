package dnd.metrics.server.query;

import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.ForwardingSource;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.SeriesView;
import java.util.List;

/**
 * A source for a query that is answered on a thread of the hub: what it finds is in memory, and
 * little, and found at once; else it throws {@link NotQuickException}.
 *
 * @param deadlineNanos when a search is over that has not ended, on the clock of {@link
 *     System#nanoTime}
 */
record QuickSource(SeriesSource source, long deadlineNanos) implements ForwardingSource {
  /** Three hours of a sample a second, the most that the head has, are read in a millisecond. */
  private static final int MOST_SERIES = 16;

  private static final long LONGEST_SEARCH_NANOS = 200_000;

  /** For a query that begins now. */
  static QuickSource of(SeriesSource source) {
    return new QuickSource(source, System.nanoTime() + LONGEST_SEARCH_NANOS);
  }

  @Override
  public List<? extends Series> select(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    if (!source.isInMemory(fromMillis, toMillis)) {
      throw NotQuickException.tooMuch();
    }
    return source.select(matchers, fromMillis, toMillis, new Impatient(progress, deadlineNanos));
  }

  private static final class Impatient implements SearchProgress {
    private final SearchProgress progress;
    private final long deadlineNanos;
    private int found;

    Impatient(SearchProgress progress, long deadlineNanos) {
      this.progress = progress;
      this.deadlineNanos = deadlineNanos;
    }

    @Override
    public void check() {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw NotQuickException.tooLong();
      }
      progress.check();
    }

    @Override
    public void found(Series series) {
      if (++found > MOST_SERIES) {
        throw NotQuickException.tooMuch();
      }
      progress.found(series);
    }
  }

  @Override
  public List<? extends Series> select(
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      Downsampling downsampling,
      SearchProgress progress) {
    throw NotQuickException.tooMuch();
  }

  @Override
  public SeriesView view() {
    SeriesView inner = source.view();
    return SeriesView.of(new QuickSource(inner, deadlineNanos), inner::close);
  }

  @Override
  public List<String> labelNames(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    throw NotQuickException.tooMuch();
  }

  @Override
  public List<String> labelValues(
      String name,
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      SearchProgress progress) {
    throw NotQuickException.tooMuch();
  }
}
