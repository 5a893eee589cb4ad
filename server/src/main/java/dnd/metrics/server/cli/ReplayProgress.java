package dnd.metrics.server.cli;

import dnd.metrics.server.head.ReplayListener;
import java.io.PrintStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells on stderr how far a long replay is, a line for each tenth, and what it found. */
final class ReplayProgress implements ReplayListener {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayProgress.class);
  private static final long SILENT_BYTES = 64L << 20;

  private final PrintStream err;
  private int tenthsTold;

  ReplayProgress(PrintStream err) {
    this.err = err;
  }

  @Override
  public void progress(long bytesDone, long bytesTotal) {
    if (bytesTotal < SILENT_BYTES) {
      return;
    }
    int tenths = (int) (bytesDone * 10 / bytesTotal);
    if (tenths > tenthsTold) {
      tenthsTold = tenths;
      err.printf("replaying the log: %d %% of %d MiB%n", tenths * 10, bytesTotal >> 20);
    }
  }

  @Override
  public void report(String line) {
    LOG.warn("{}", line);
  }
}
