package dnd.metrics.server.rules;

import dnd.metrics.server.head.CommitCallback;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A place in the log: everything that was appended to the head before it was made. Safe for use by
 * several threads.
 */
final class LogMark implements CommitCallback {
  private static final Logger LOG = LoggerFactory.getLogger(LogMark.class);
  private static final long WAIT_MILLIS = 1000;

  private final CountDownLatch known = new CountDownLatch(1);

  /** One that lies before everything. */
  static LogMark passed() {
    LogMark mark = new LogMark();
    mark.committed();
    return mark;
  }

  @Override
  public void committed() {
    known.countDown();
  }

  @Override
  public void failed(IOException reason) {
    known.countDown();
  }

  /**
   * Waits until the log is on disk up to here, and whoever watches the series knows. A log that
   * fails or takes very long is not waited for.
   */
  void await() {
    try {
      if (!known.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        LOG.warn("the log takes more than {} ms", WAIT_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
