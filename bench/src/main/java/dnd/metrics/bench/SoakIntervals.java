package dnd.metrics.bench;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Takes one {@link SoakInterval} after another of a program that events are pushed to, and writes
 * each to a table as it comes. For one thread.
 */
final class SoakIntervals {
  static final long NANOS = 10_000_000_000L;

  private final ServerProcess server;
  private final OwnReports own;
  private final EventsInFlight pushes;
  private final Writer table;
  private final List<SoakInterval> taken;

  private long begunNanos = System.nanoTime();
  private double cpuSeconds;
  private long acknowledged;

  /**
   * The first interval begins now.
   *
   * @param taken is where all of them are added to, beside those of a process before this one
   */
  SoakIntervals(
      ServerProcess server,
      OwnReports own,
      EventsInFlight pushes,
      Writer table,
      List<SoakInterval> taken)
      throws IOException {
    this.server = server;
    this.own = own;
    this.pushes = pushes;
    this.table = table;
    this.taken = taken;
    this.cpuSeconds = server.cpuSeconds();
    this.acknowledged = pushes.acknowledged();
    if (taken.isEmpty()) {
      table.write(SoakInterval.header());
    }
  }

  /**
   * Ends one, and begins the next.
   *
   * @param minute at its end, of the clock or of the events' times
   * @param ofHost what queries of a host took in it, nanoseconds
   * @param ofAll the same of queries of all hosts
   * @param ofAlert the same from samples to their alerts
   */
  void take(double minute, Histogram ofHost, Histogram ofAll, Histogram ofAlert)
      throws IOException {
    long nowNanos = System.nanoTime();
    double cpuNow = server.cpuSeconds();
    long acknowledgedNow = pushes.acknowledged();
    double seconds = (nowNanos - begunNanos) / 1e9;
    Histogram ofPush = pushes.intervalNanos();
    SoakInterval interval =
        new SoakInterval(
            minute,
            (acknowledgedNow - acknowledged) * DevopsLoad.METRICS.size() / seconds,
            (cpuNow - cpuSeconds) / seconds,
            server.residentMegabytes(),
            server.anonymousMegabytes(),
            own.figure("jvm_heap_committed_bytes") / 1e6,
            own.figure("jvm_heap_used_bytes") / 1e6,
            own.figure("dnd_metrics_head_series"),
            own.figure("dnd_metrics_head_chunk_file_bytes") / 1e6,
            own.figure("dnd_metrics_blocks"),
            server.diskBytes() / 1e6,
            SoakInterval.millis(ofPush, 50),
            SoakInterval.millis(ofPush, 99),
            SoakInterval.millis(ofHost, 50),
            SoakInterval.millis(ofHost, 99),
            SoakInterval.millis(ofAll, 50),
            SoakInterval.millis(ofAll, 99),
            SoakInterval.millis(ofAlert, 50),
            SoakInterval.millis(ofAlert, 100));
    taken.add(interval);
    table.write(interval.line());
    table.flush();
    begunNanos = nowNanos;
    cpuSeconds = cpuNow;
    acknowledged = acknowledgedNow;
  }
}
