package dnd.metrics.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import dnd.metrics.server.upkeep.Upkeep;
import java.io.Closeable;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the heap as large as what is alive needs. G1 makes a heap that is small beside its limit
 * larger and larger while collections take more than a hundredth of the time, and asks what of it
 * is alive only when most is filled. This lets it ask whenever the heap has {@link HeapGrowth
 * grown}: it marks beside everything else, and gives back what is free beyond its ratio. Where
 * asking would stop everything (other collectors and options), it is left alone.
 */
final class HeapUpkeep implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(HeapUpkeep.class);

  private final HeapGrowth growth = new HeapGrowth();
  private final Upkeep upkeep =
      new Upkeep("heap", TimeUnit.SECONDS.toNanos(10), TimeUnit.MINUTES.toNanos(10));

  void start() {
    upkeep.start(this::look, e -> LOG.warn("the heap cannot be looked at", e));
  }

  private static boolean marksBesideEverything() {
    return isOn("UseG1GC") && isOn("ExplicitGCInvokesConcurrent") && !isOn("DisableExplicitGC");
  }

  private static boolean isOn(String option) {
    HotSpotDiagnosticMXBean machine =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    return Boolean.parseBoolean(machine.getVMOption(option).getValue());
  }

  private void look() {
    if (growth.isLookDue(committedBytes()) && marksBesideEverything()) {
      System.gc(); // returns when the marking is over
      growth.beginAt(committedBytes());
    }
  }

  private static long committedBytes() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
  }

  @Override
  public void close() {
    upkeep.close();
  }
}
