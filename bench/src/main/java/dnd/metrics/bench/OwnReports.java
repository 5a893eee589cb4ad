package dnd.metrics.bench;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Listens to what the service reports of itself on the hub every ten seconds, stored or not. */
final class OwnReports implements AutoCloseable {
  private final Connection connection;
  private volatile @Nullable JsonNode last;

  OwnReports(URI hub) throws IOException, InterruptedException {
    connection = OneConnection.to(hub);
    JsonMapper json = JsonMapper.shared();
    Dispatcher dispatcher =
        connection.createDispatcher(message -> last = json.readTree(message.getData()));
    dispatcher.subscribe("metrics_service.metrics.report");
  }

  /** What the series of a metric add up to in the last report; NaN before the first one. */
  double figure(String metric) {
    JsonNode report = last;
    double sum = Double.NaN;
    if (report != null) {
      for (JsonNode each : report.path("data").path("metrics")) {
        if (each.path("name").asString("").equals(metric)) {
          sum = (Double.isNaN(sum) ? 0 : sum) + each.path("value").asDouble(Double.NaN);
        }
      }
    }
    return sum;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
