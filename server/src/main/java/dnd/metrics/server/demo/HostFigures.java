package dnd.metrics.server.demo;

import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import dnd.metrics.server.telemetry.JvmFigures;
import dnd.metrics.server.telemetry.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;
import oshi.hardware.CentralProcessor.TickType;
import oshi.hardware.HWDiskStore;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.hardware.NetworkIF;
import oshi.software.os.OSFileStore;

/**
 * Figures of this machine (CPU, memory, disks, network) and of this JVM, read when asked for. Units
 * are seconds and bytes. For one thread.
 */
final class HostFigures {
  private static final double MILLIS_PER_SECOND = 1000;

  private final SystemInfo system = new SystemInfo();

  List<Metric> read() {
    List<Metric> metrics = new ArrayList<>();
    HardwareAbstractionLayer hardware = system.getHardware();
    processor(hardware.getProcessor(), metrics);
    memory(hardware, metrics);
    disks(hardware, metrics);
    network(hardware, metrics);
    Metrics jvm = new Metrics();
    new JvmFigures().addTo(jvm);
    metrics.addAll(jvm.all());
    metrics.add(
        gauge(
            "host_uptime_seconds",
            "Time since the machine started.",
            "seconds",
            system.getOperatingSystem().getSystemUptime(),
            Map.of()));
    return metrics;
  }

  private static void processor(CentralProcessor processor, List<Metric> metrics) {
    long[] ticks = processor.getSystemCpuLoadTicks();
    for (TickType type : TickType.values()) {
      metrics.add(
          counter(
              "host_cpu_seconds_total",
              "Time that all processors spent in each mode.",
              "seconds",
              ticks[type.getIndex()] / MILLIS_PER_SECOND,
              Map.of("mode", type.name().toLowerCase(Locale.ROOT))));
    }
    metrics.add(
        gauge(
            "host_cpus",
            "Logical processors.",
            "",
            processor.getLogicalProcessorCount(),
            Map.of()));
    double load = processor.getSystemLoadAverage(1)[0];
    if (load >= 0) { // Negative where the system has no such figure.
      metrics.add(
          gauge(
              "host_load1", "Processes that run or wait, one minute's mean.", "", load, Map.of()));
    }
  }

  private static void memory(HardwareAbstractionLayer hardware, List<Metric> metrics) {
    metrics.add(
        gauge(
            "host_memory_total_bytes",
            "Memory of the machine.",
            "bytes",
            hardware.getMemory().getTotal(),
            Map.of()));
    metrics.add(
        gauge(
            "host_memory_available_bytes",
            "Memory that programs could get.",
            "bytes",
            hardware.getMemory().getAvailable(),
            Map.of()));
    metrics.add(
        gauge(
            "host_swap_used_bytes",
            "Swap space in use.",
            "bytes",
            hardware.getMemory().getVirtualMemory().getSwapUsed(),
            Map.of()));
  }

  private void disks(HardwareAbstractionLayer hardware, List<Metric> metrics) {
    for (HWDiskStore disk : hardware.getDiskStores()) {
      Map<String, String> labels = Map.of("device", disk.getName());
      metrics.add(
          counter(
              "host_disk_read_bytes_total", "Bytes read.", "bytes", disk.getReadBytes(), labels));
      metrics.add(
          counter(
              "host_disk_written_bytes_total",
              "Bytes written.",
              "bytes",
              disk.getWriteBytes(),
              labels));
    }
    for (OSFileStore store : system.getOperatingSystem().getFileSystem().getFileStores(true)) {
      Map<String, String> labels = Map.of("mount", store.getMount(), "device", store.getName());
      metrics.add(
          gauge(
              "host_filesystem_size_bytes",
              "Size of the file system.",
              "bytes",
              store.getTotalSpace(),
              labels));
      metrics.add(
          gauge(
              "host_filesystem_available_bytes",
              "Space that programs can still use.",
              "bytes",
              store.getUsableSpace(),
              labels));
    }
  }

  private static void network(HardwareAbstractionLayer hardware, List<Metric> metrics) {
    for (NetworkIF device : hardware.getNetworkIFs()) {
      Map<String, String> labels = Map.of("device", device.getName());
      metrics.add(
          counter(
              "host_network_received_bytes_total",
              "Bytes received.",
              "bytes",
              device.getBytesRecv(),
              labels));
      metrics.add(
          counter(
              "host_network_sent_bytes_total",
              "Bytes sent.",
              "bytes",
              device.getBytesSent(),
              labels));
    }
  }

  private static Metric counter(
      String name, String help, String unit, Number value, Map<String, String> labels) {
    return metric(name, MetricType.COUNTER, help, unit, value.doubleValue(), labels);
  }

  private static Metric gauge(
      String name, String help, String unit, Number value, Map<String, String> labels) {
    return metric(name, MetricType.GAUGE, help, unit, value.doubleValue(), labels);
  }

  private static Metric metric(
      String name,
      MetricType type,
      String help,
      String unit,
      double value,
      Map<String, String> labels) {
    return new Metric(
        name, type, value, null, labels, null, null, false, help, unit.isEmpty() ? null : unit);
  }
}
