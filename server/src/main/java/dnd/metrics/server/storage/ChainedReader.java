package dnd.metrics.server.storage;

import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import java.util.List;

/**
 * Readers one after the other, each behind the one before in time. The first histogram of each no
 * longer says that the counting went on: there may be another before it than it was compared with.
 * For one thread.
 */
final class ChainedReader implements SampleReader {
  private final List<SampleReader> readers;
  private int at;
  private int toldOf;

  ChainedReader(List<SampleReader> readers) {
    this.readers = readers;
  }

  @Override
  public boolean next(SampleBatch batch) {
    while (at < readers.size()) {
      if (readers.get(at).next(batch)) {
        if (toldOf != at) {
          batch.forgetNoReset(0);
          toldOf = at;
        }
        return true;
      }
      at++;
    }
    batch.clear();
    return false;
  }
}
