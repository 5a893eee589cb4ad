package dnd.metrics.server.telemetry;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.Map;

/** Figures of this JVM. Units are seconds and bytes. Safe for use by several threads. */
public final class JvmFigures implements MetricSource {
  private static final double MILLIS_PER_SECOND = 1000;

  @Override
  public void addTo(Metrics metrics) {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    metrics
        .gauge("jvm_heap_used_bytes", "Heap in use.", "bytes", heap.getUsed(), Map.of())
        .gauge(
            "jvm_heap_committed_bytes",
            "What the heap has of the machine's memory.",
            "bytes",
            heap.getCommitted(),
            Map.of())
        .gauge("jvm_heap_max_bytes", "The heap's limit.", "bytes", heap.getMax(), Map.of())
        .gauge(
            "jvm_threads",
            "Platform threads.",
            ManagementFactory.getThreadMXBean().getThreadCount());
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      Map<String, String> labels = Map.of("gc", collector.getName());
      metrics
          .counter(
              "jvm_gc_collections_total",
              "Garbage collections.",
              "",
              collector.getCollectionCount(),
              labels)
          .counter(
              "jvm_gc_seconds_total",
              "Time in garbage collections.",
              "seconds",
              collector.getCollectionTime() / MILLIS_PER_SECOND,
              labels);
    }
  }
}
