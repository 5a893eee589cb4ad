package dnd.metrics.server.demo;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notes what jnats reports about the demo's connections in the log, rather than on stdout. */
final class QuietErrors implements ErrorListener {
  private static final Logger LOG = LoggerFactory.getLogger(QuietErrors.class);

  @Override
  public void errorOccurred(Connection connection, String error) {
    LOG.warn("the demo's connection: {}", error);
  }

  @Override
  public void exceptionOccurred(Connection connection, Exception exception) {
    LOG.debug("the demo's connection", exception);
  }
}
