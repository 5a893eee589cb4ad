package dnd.metrics.server.storage;

import dnd.metrics.server.block.SeriesCursor;
import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.model.Labels;
import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The series of another cursor but for those whose time is over. For one thread. */
final class RetainedCursor implements SeriesCursor {
  private final SeriesCursor series;
  private final Predicate<Labels> isOver;

  RetainedCursor(SeriesCursor series, Predicate<Labels> isOver) {
    this.series = series;
    this.isOver = isOver;
  }

  @Override
  public boolean next() throws IOException {
    while (series.next()) {
      if (!isOver.test(series.labels())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Labels labels() {
    return series.labels();
  }

  @Override
  public @Nullable EncodedChunk nextChunk() throws IOException {
    return series.nextChunk();
  }
}
