package dnd.metrics.server.backup;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.StrictJson;
import dnd.metrics.server.request.Request;
import dnd.metrics.server.request.RequestHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers {@code metrics.backup}: makes a backup in the folder {@code backups} of the data folder,
 * the one place where the service writes on request, and says where it is. One thread answers, any
 * other may {@link #stop} it.
 */
public final class BackupHandler implements RequestHandler {
  private static final Logger LOG = LoggerFactory.getLogger(BackupHandler.class);

  /** Makes a backup; where its thread is interrupted, it throws. */
  @FunctionalInterface
  public interface Maker {
    Backup make() throws IOException;
  }

  private final Maker maker;

  /** Guards the two below; a leaf. */
  private final Object lock = new Object();

  private @Nullable Thread making;
  private boolean stopping;

  public BackupHandler(Maker maker) {
    this.maker = maker;
  }

  @Override
  public ObjectNode answer(Request request) throws InvalidEventException {
    String action = request.fields().requireString("action");
    if (!action.equals("create")) {
      throw new InvalidEventException(
          ErrorCode.UNKNOWN_ACTION, "action", "must be create, not '" + action + "'");
    }
    begin();
    Backup backup;
    try {
      backup = maker.make();
    } catch (IOException e) {
      LOG.warn("no backup was made: {} correlation_id={}", e.getMessage(), request.correlationId());
      refuseWhileStopping();
      throw new InvalidEventException(
          ErrorCode.STORAGE_UNAVAILABLE, "", "no backup was made: " + e.getMessage());
    } finally {
      end();
    }
    LOG.info(
        "backup {} made for {} correlation_id={}",
        backup.folder(),
        request.service(),
        request.correlationId());
    ObjectNode data = StrictJson.mapper().createObjectNode();
    ObjectNode result = data.putObject("result");
    result.put("path", backup.folder().toString());
    result.set("manifest", backup.manifest().toJson());
    return data;
  }

  private void begin() throws InvalidEventException {
    synchronized (lock) {
      refuseWhileStopping();
      making = Thread.currentThread();
    }
  }

  private void refuseWhileStopping() throws InvalidEventException {
    synchronized (lock) {
      if (stopping) {
        throw new InvalidEventException(
            ErrorCode.SHUTTING_DOWN, "", "no backup was made: the service is stopping");
      }
    }
  }

  /** The reply is to be sent by a thread that is not interrupted. */
  private void end() {
    synchronized (lock) {
      making = null;
      Thread.interrupted();
    }
  }

  /**
   * Ends a backup that is being made, which may take longer than a service that stops has, and
   * makes no more.
   */
  public void stop() {
    synchronized (lock) {
      stopping = true;
      if (making != null) {
        making.interrupt();
      }
    }
  }
}
