package dnd.metrics.server.status;

import dnd.metrics.server.request.Request;
import dnd.metrics.server.request.RequestHandler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers {@code metrics.status}: a section for each part of the service, as the part describes
 * itself at that moment.
 */
public final class StatusHandler implements RequestHandler {
  private final Map<String, Supplier<ObjectNode>> sections;

  /**
   * @param sections name of the part to what it says, in the order of the answer
   */
  public StatusHandler(Map<String, Supplier<ObjectNode>> sections) {
    this.sections = new LinkedHashMap<>(sections);
  }

  @Override
  public ObjectNode answer(Request request) {
    ObjectNode data = Sections.object();
    ObjectNode result = data.putObject("result");
    sections.forEach((name, section) -> result.set(name, section.get()));
    return data;
  }
}
