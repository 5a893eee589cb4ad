package dnd.metrics.server.block;

import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.model.Labels;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Series with their chunks on the way into a block: what the head's cutter and the compactor feed
 * to {@link BlockWriter}. It is walked once, from one thread:
 *
 * <pre>{@code
 * while (series.next()) {
 *   series.labels();
 *   for (EncodedChunk chunk; (chunk = series.nextChunk()) != null; ) ...
 * }
 * }</pre>
 *
 * <p>Series come in ascending order of their labels ({@link Labels#compareTo}), each label set
 * once; a series without chunks may come and is left out of the block. A series' chunks come in
 * order of time and do not overlap: each begins after the one before it ends. Every sample lies in
 * the block's range, the lower end included, the upper one not. Chunks hold samples: none is empty.
 * The writer checks all this and refuses with an {@link IllegalArgumentException} that names the
 * series; the block is then not made.
 *
 * <p>The writer takes what it needs of a chunk before it asks for the next one, so that a cursor
 * may use its memory again. An {@link IOException} from the cursor (a damaged block that is read)
 * ends the writing too.
 */
public interface SeriesCursor {
  /** Goes to the next series; false when there is none. Chunks that were not taken are skipped. */
  boolean next() throws IOException;

  /** The labels of the current series. */
  Labels labels();

  /** The next chunk of the current series; null behind the last. */
  @Nullable EncodedChunk nextChunk() throws IOException;
}
