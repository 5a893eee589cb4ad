package dnd.metrics.server.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Aggregate;
import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.SeriesView;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a query reads through passes on what it may be stopped by, and what there is to read. */
class CancelableSourceTest {
  /** A search that goes on until it is stopped. */
  private static final class EndlessSearch implements SeriesSource {
    @Override
    public List<? extends Series> select(List<Matcher> matchers, long from, long to) {
      throw new AssertionError("a search that cannot be stopped");
    }

    @Override
    public List<? extends Series> select(
        List<Matcher> matchers, long from, long to, SearchProgress progress) {
      while (true) {
        progress.check();
      }
    }

    @Override
    public List<Long> resolutionsMillis() {
      return List.of(300_000L);
    }

    @Override
    public List<String> labelNames(List<Matcher> matchers, long from, long to) {
      return List.of();
    }

    @Override
    public List<String> labelValues(String name, List<Matcher> matchers, long from, long to) {
      return List.of();
    }
  }

  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void aSearchThroughAViewCanBeStopped() {
    SeriesSource source = new CancelableSource(new EndlessSearch(), () -> false);
    Downsampling counts = new Downsampling(Aggregate.COUNT, 300_000);
    try (SeriesView view = source.view();
        SeriesView again = view.view()) {
      for (SeriesView each : List.of(view, again)) {
        assertThat(each.resolutionsMillis()).containsExactly(300_000L);
        assertThatThrownBy(() -> each.select(List.of(), 0, 1, stopsAtThirdLook()))
            .isInstanceOf(Stopped.class);
        assertThatThrownBy(() -> each.select(List.of(), 0, 1, counts, stopsAtThirdLook()))
            .isInstanceOf(Stopped.class);
      }
    }
  }

  private static SearchProgress stopsAtThirdLook() {
    int[] looks = {0};
    return () -> {
      if (++looks[0] == 3) {
        throw new Stopped();
      }
    };
  }
}
