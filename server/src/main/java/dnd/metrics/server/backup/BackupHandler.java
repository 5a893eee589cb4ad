package dnd.metrics.server.backup;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.StrictJson;
import dnd.metrics.server.request.Request;
import dnd.metrics.server.request.RequestHandler;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers {@code metrics.backup}: makes a backup in the folder {@code backups} of the data folder,
 * the one place where the service writes on request, and says where it is.
 */
public final class BackupHandler implements RequestHandler {
  private static final Logger LOG = LoggerFactory.getLogger(BackupHandler.class);

  /** Makes a backup. */
  @FunctionalInterface
  public interface Maker {
    Backup make() throws IOException;
  }

  private final Maker maker;

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
    try {
      Backup backup = maker.make();
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
    } catch (IOException e) {
      LOG.warn("no backup was made: {} correlation_id={}", e.getMessage(), request.correlationId());
      throw new InvalidEventException(
          ErrorCode.STORAGE_UNAVAILABLE, "", "no backup was made: " + e.getMessage());
    }
  }
}
