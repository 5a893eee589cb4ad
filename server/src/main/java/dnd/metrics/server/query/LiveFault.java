package dnd.metrics.server.query;

import dnd.metrics.server.promql.exec.QueryException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What askers of a live query are told where it fails; a fault of ours goes into the log, too. */
final class LiveFault {
  private static final Logger LOG = LoggerFactory.getLogger(LiveFault.class);

  private LiveFault() {}

  static ErrorAnswer of(Throwable fault, String query) {
    return switch (fault) {
      case QueryException e -> ErrorAnswer.of(e);
      case OutOfMemoryError e -> {
        LOG.error("out of memory in live query {}", query, e);
        yield ErrorAnswer.outOfMemory();
      }
      default -> {
        LOG.error("live query {} failed", query, fault);
        yield ErrorAnswer.internal();
      }
    };
  }
}
