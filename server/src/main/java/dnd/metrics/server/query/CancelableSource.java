package dnd.metrics.server.query;

import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.promql.exec.QueryException;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * A source that finds nothing more once its query was cancelled. The engine can cancel a query only
 * while it knows it; this one catches what is cancelled just before.
 */
record CancelableSource(SeriesSource source, BooleanSupplier canceled) implements SeriesSource {
  @Override
  public List<? extends Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
    checkCanceled();
    return source.select(matchers, fromMillis, toMillis);
  }

  @Override
  public List<? extends Series> select(
      List<Matcher> matchers, long fromMillis, long toMillis, Runnable check) {
    checkCanceled();
    return source.select(matchers, fromMillis, toMillis, check);
  }

  @Override
  public List<Long> resolutionsMillis() {
    return source.resolutionsMillis();
  }

  @Override
  public List<? extends Series> select(
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      Downsampling downsampling,
      Runnable check) {
    checkCanceled();
    return source.select(matchers, fromMillis, toMillis, downsampling, check);
  }

  private void checkCanceled() {
    if (canceled.getAsBoolean()) {
      throw new QueryException(
          QueryException.Type.CANCELED, "query was canceled in expression evaluation");
    }
  }

  @Override
  public SeriesView view() {
    SeriesView inner = source.view();
    return new CancelableView(new CancelableSource(inner, canceled), inner);
  }

  /** The source through one view. */
  private record CancelableView(CancelableSource source, SeriesView inner) implements SeriesView {
    @Override
    public List<? extends Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
      return source.select(matchers, fromMillis, toMillis);
    }

    @Override
    public List<? extends Series> select(
        List<Matcher> matchers, long fromMillis, long toMillis, Runnable check) {
      return source.select(matchers, fromMillis, toMillis, check);
    }

    @Override
    public List<Long> resolutionsMillis() {
      return source.resolutionsMillis();
    }

    @Override
    public List<? extends Series> select(
        List<Matcher> matchers,
        long fromMillis,
        long toMillis,
        Downsampling downsampling,
        Runnable check) {
      return source.select(matchers, fromMillis, toMillis, downsampling, check);
    }

    @Override
    public Set<Long> standInsMillis() {
      return inner.standInsMillis();
    }

    @Override
    public List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis) {
      return source.labelNames(matchers, fromMillis, toMillis);
    }

    @Override
    public List<String> labelValues(
        String name, List<Matcher> matchers, long fromMillis, long toMillis) {
      return source.labelValues(name, matchers, fromMillis, toMillis);
    }

    @Override
    public SeriesView view() {
      return SeriesView.of(this, () -> {});
    }

    @Override
    public void close() {
      inner.close();
    }
  }

  @Override
  public List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis) {
    return source.labelNames(matchers, fromMillis, toMillis);
  }

  @Override
  public List<String> labelValues(
      String name, List<Matcher> matchers, long fromMillis, long toMillis) {
    return source.labelValues(name, matchers, fromMillis, toMillis);
  }
}
