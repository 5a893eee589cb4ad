package dnd.metrics.server.telemetry;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Figures of this process, with the names that Prometheus's client libraries give them. */
public final class ProcessFigures implements MetricSource {
  private static final double MILLIS_PER_SECOND = 1000;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int KIBI = 1024;

  /** Of the running process on Linux (proc(5)); elsewhere there is none, and no figure. */
  private final Path status;

  public ProcessFigures() {
    this(Path.of("/proc/self/status"));
  }

  ProcessFigures(Path status) {
    this.status = status;
  }

  @Override
  public void addTo(Metrics metrics) {
    metrics.gauge(
        "process_start_time_seconds",
        "When the process began, Unix time.",
        "seconds",
        ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_PER_SECOND,
        Map.of());
    ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .map(Duration::toNanos)
        .ifPresent(nanos ->
            metrics.counter(
                "process_cpu_seconds_total",
                "Time that processors spent on the process.",
                "seconds",
                nanos / NANOS_PER_SECOND,
                Map.of()));
    long resident = residentBytes();
    if (resident > 0) {
      metrics.gauge(
          "process_resident_memory_bytes", "Resident memory.", "bytes", resident, Map.of());
    }
  }

  private long residentBytes() {
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * KIBI;
        }
      }
    } catch (IOException e) {
      return 0; // not a Linux
    }
    return 0;
  }
}
