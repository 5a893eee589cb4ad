package dnd.metrics.server.model;

import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * A source for a query that may wait until storage knows, after a start, what there is: for as long
 * as it has time, and while not too many wait already. Who asks without it is refused at once, as
 * rules and live queries are: their few threads, and what they hold, are for all of them.
 *
 * @param deadlineNanos when it has no more time, on the clock of {@link System#nanoTime}
 * @param places one for each that may wait at the same time
 */
public record PatientSource(SeriesSource source, long deadlineNanos, Semaphore places)
    implements ForwardingSource {
  @Override
  public List<? extends Series> select(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    try (Patient patient = new Patient(progress)) {
      return source.select(matchers, fromMillis, toMillis, patient);
    }
  }

  @Override
  public List<? extends Series> select(
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      Downsampling downsampling,
      SearchProgress progress) {
    try (Patient patient = new Patient(progress)) {
      return source.select(matchers, fromMillis, toMillis, downsampling, patient);
    }
  }

  @Override
  public SeriesView view() {
    SeriesView inner = source.view();
    return SeriesView.of(new PatientSource(inner, deadlineNanos, places), inner::close);
  }

  /** One search, which takes a place when it is about to wait. */
  private final class Patient implements SearchProgress, AutoCloseable {
    private final SearchProgress progress;
    private boolean hasPlace;

    Patient(SearchProgress progress) {
      this.progress = progress;
    }

    @Override
    public void check() {
      progress.check();
    }

    @Override
    public void found(Series series) {
      progress.found(series);
    }

    @Override
    public long patienceNanos() {
      hasPlace = hasPlace || places.tryAcquire();
      return hasPlace ? Math.max(0, deadlineNanos - System.nanoTime()) : 0;
    }

    @Override
    public void close() {
      if (hasPlace) {
        places.release();
      }
    }
  }
}
