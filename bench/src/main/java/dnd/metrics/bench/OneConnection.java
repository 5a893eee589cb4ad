package dnd.metrics.bench;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.net.URI;

/**
 * Connections of the official client that end with the service: they are not made anew behind the
 * back of who measures, and what broke shows as the answer that is missing, not in a log.
 */
final class OneConnection {
  private OneConnection() {}

  static Connection to(URI hub) throws IOException, InterruptedException {
    return Nats.connect(
        new Options.Builder()
            .server(hub.toString())
            .noReconnect()
            .errorListener(new ErrorListener() {})
            .build());
  }
}
