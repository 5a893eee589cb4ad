package dnd.metrics.server.storage.request;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.StrictJson;
import dnd.metrics.server.request.Request;
import dnd.metrics.server.request.RequestHandler;
import dnd.metrics.server.storage.CurrentRetention;
import dnd.metrics.server.storage.Retention;
import dnd.metrics.server.yaml.YamlException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers {@code metrics.retention}: says how long samples are kept, and lets operators change that
 * while the service runs. What was changed holds over restarts, until it is set back.
 */
public final class RetentionHandler implements RequestHandler {
  private static final Logger LOG = LoggerFactory.getLogger(RetentionHandler.class);

  private final CurrentRetention current;
  private final RetentionFile file;
  private final Operators operators;

  public RetentionHandler(CurrentRetention current, RetentionFile file, Operators operators) {
    this.current = current;
    this.file = file;
    this.operators = operators;
  }

  @Override
  public ObjectNode answer(Request request) throws InvalidEventException {
    String action = request.fields().requireString("action");
    switch (action) {
      case "get" -> {}
      case "set" -> {
        operators.require(request);
        change(request, Optional.of(read(request)));
      }
      case "reset" -> {
        operators.require(request);
        change(request, Optional.empty());
      }
      default ->
          throw new InvalidEventException(
              ErrorCode.UNKNOWN_ACTION,
              "data.action",
              "must be get, set or reset, not '" + action + "'");
    }
    ObjectNode data = StrictJson.mapper().createObjectNode();
    ObjectNode result = data.putObject("result");
    result.set("retention", json(current.get()));
    result.put("source", current.isChanged() ? "event" : "configuration");
    result.set("configured", json(current.configured()));
    return data;
  }

  private static JsonNode json(Retention retention) {
    return StrictJson.mapper().valueToTree(RetentionText.print(retention));
  }

  private static Retention read(Request request) throws InvalidEventException {
    JsonNode given = request.fields().node("retention");
    if (given == null) {
      throw request.fields().missing("retention");
    }
    try {
      Object plain = StrictJson.mapper().treeToValue(given, Object.class);
      return RetentionText.parse(
          "data.retention", new Dump(DumpSettings.builder().build()).dumpToString(plain));
    } catch (YamlException e) {
      throw new InvalidEventException(
          ErrorCode.INVALID_RETENTION, "data.retention", String.valueOf(e.getMessage()));
    }
  }

  /** It holds once it is on disk. */
  private void change(Request request, Optional<Retention> retention) throws InvalidEventException {
    try {
      if (retention.isPresent()) {
        file.write(retention.get());
      } else {
        file.remove();
      }
    } catch (IOException e) {
      throw new InvalidEventException(
          ErrorCode.STORAGE_UNAVAILABLE,
          "",
          "the retention stays as it is, since it cannot be written: " + e.getMessage());
    }
    Map<String, Object> before = RetentionText.print(current.get());
    current.change(retention);
    LOG.info(
        "{} changed the retention from {} to {} correlation_id={}",
        request.service(),
        before,
        RetentionText.print(current.get()),
        request.correlationId());
  }
}
