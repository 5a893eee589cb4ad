package dnd.metrics.server.telemetry;

/** A part of the service that has figures. Called on the reporting thread. */
@FunctionalInterface
public interface MetricSource {
  void addTo(Metrics metrics);
}
