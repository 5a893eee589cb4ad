package dnd.metrics.server.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Aggregate;
import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.EndlessSearch;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.model.StopAtThirdLook;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a query reads through passes on what it may be stopped by, and what there is to read. */
class CancelableSourceTest {
  @Test
  void aSearchThroughAViewCanBeStopped() {
    SeriesSource source = new CancelableSource(new EndlessSearch(), () -> false);
    Downsampling counts = new Downsampling(Aggregate.COUNT, 300_000);
    try (SeriesView view = source.view();
        SeriesView again = view.view()) {
      for (SeriesView each : List.of(view, again)) {
        assertThat(each.resolutionsMillis()).containsExactly(300_000L);
        assertThatThrownBy(() -> each.select(List.of(), 0, 1, new StopAtThirdLook()))
            .isInstanceOf(StopAtThirdLook.Stopped.class);
        assertThatThrownBy(() -> each.select(List.of(), 0, 1, counts, new StopAtThirdLook()))
            .isInstanceOf(StopAtThirdLook.Stopped.class);
      }
    }
  }
}
