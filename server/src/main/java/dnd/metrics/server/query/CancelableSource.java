package dnd.metrics.server.query;

import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.ForwardingSource;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.promql.exec.QueryException;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A source that finds nothing more once its query was cancelled. The engine can cancel a query only
 * while it knows it; this one catches what is cancelled just before.
 */
record CancelableSource(SeriesSource source, BooleanSupplier canceled) implements ForwardingSource {
  @Override
  public List<? extends Series> select(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    checkCanceled();
    return source.select(matchers, fromMillis, toMillis, progress);
  }

  @Override
  public List<? extends Series> select(
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      Downsampling downsampling,
      SearchProgress progress) {
    checkCanceled();
    return source.select(matchers, fromMillis, toMillis, downsampling, progress);
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
    return SeriesView.of(new CancelableSource(inner, canceled), inner::close);
  }
}
