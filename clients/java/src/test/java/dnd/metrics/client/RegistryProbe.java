package dnd.metrics.client;

/** A client on a hub in memory, for tests of the bridges. */
public final class RegistryProbe {
  private RegistryProbe() {}

  public static MetricsClient client() {
    return MetricsClient.builder().serviceId("probe").messageHub(new HubDouble()).build();
  }
}
