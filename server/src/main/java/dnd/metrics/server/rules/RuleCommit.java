package dnd.metrics.server.rules;

import dnd.metrics.server.head.CommitCallback;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows when the samples of a rule are on disk.
 *
 * @param correlationId of the event that they are owed to
 * @param announcement runs on the log's thread: it must not block
 */
record RuleCommit(String correlationId, Runnable announcement) implements CommitCallback {
  private static final Logger LOG = LoggerFactory.getLogger(RuleCommit.class);

  @Override
  public void committed() {
    announcement.run();
  }

  @Override
  public void failed(IOException reason) {
    LOG.warn("samples of rules are not yet safe on disk: {}", reason.getMessage());
  }
}
