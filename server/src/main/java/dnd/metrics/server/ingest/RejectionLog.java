package dnd.metrics.server.ingest;

import dnd.metrics.events.Problem;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a log line for what is rejected, with its correlation id, but only so many a second: a
 * sender that does everything wrong must not fill the disk. What was left out is counted in the
 * next line. Safe for use by several threads.
 */
final class RejectionLog {
  private static final Logger LOG = LoggerFactory.getLogger(RejectionLog.class);
  private static final int LINES_PER_SECOND = 10;

  private final InstantSource clock;
  private final AtomicLong second = new AtomicLong();
  private final AtomicLong lines = new AtomicLong();
  private final AtomicLong leftOut = new AtomicLong();

  RejectionLog(InstantSource clock) {
    this.clock = clock;
  }

  void batch(Recipient recipient, Problem problem) {
    write(
        "rejected an event",
        recipient.service(),
        problem.code().text(),
        problem.description(),
        recipient.correlationId());
  }

  void metrics(ParsedBatch batch) {
    write(
        "rejected " + batch.rejected.size() + " of " + batch.metricCount + " metrics",
        batch.service,
        batch.rejected.get(0).code(),
        batch.rejected.get(0).reason(),
        batch.correlationId);
  }

  private void write(
      String what, String service, String code, String reason, String correlationId) {
    long now = Math.floorDiv(clock.millis(), 1000);
    long last = second.get();
    if (now != last && second.compareAndSet(last, now)) {
      lines.set(0);
    }
    if (lines.incrementAndGet() > LINES_PER_SECOND) {
      leftOut.incrementAndGet();
      return;
    }
    long skipped = leftOut.getAndSet(0);
    LOG.warn(
        "{} of {}: {}: {} correlation_id={}{}",
        what,
        oneLine(service),
        code,
        oneLine(reason),
        oneLine(correlationId),
        skipped == 0 ? "" : " (and " + skipped + " rejections before it)");
  }

  /** Without line breaks and other controls, which would forge log lines. */
  private static String oneLine(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? '?' : c);
    }
    return out.toString();
  }
}
