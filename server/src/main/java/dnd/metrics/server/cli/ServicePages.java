package dnd.metrics.server.cli;

import dnd.metrics.server.terminal.PlainJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** A list that the service answers in pages, whole. */
final class ServicePages {
  private ServicePages() {}

  /**
   * Asks for page after page.
   *
   * @param list the name of the list in the answers
   * @param data the event's {@code data}
   */
  static List<Map<String, Object>> ask(
      HubAddress hub, String command, String type, String list, ObjectNode data)
      throws CommandFailedException, InterruptedException {
    List<Map<String, Object>> all = new ArrayList<>();
    String next;
    do {
      Map<String, Object> answer = ServiceRequest.ask(hub, command, type, data.toString());
      for (Object element : PlainJson.list(answer, list)) {
        all.add(ServiceRequest.map(element));
      }
      next = PlainJson.text(answer, "next");
      data.put("after", next);
    } while (!next.isEmpty());
    return all;
  }
}
