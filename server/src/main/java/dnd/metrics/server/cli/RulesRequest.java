package dnd.metrics.server.cli;

import dnd.metrics.events.EventTypes;
import dnd.metrics.events.JsonBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the commands about rules of the running service ask it. For one question. */
final class RulesRequest {
  private final JsonBuffer data = new JsonBuffer(512);

  /** Begins a question of {@code alert.rules}. */
  RulesRequest(String action) {
    data.raw("{\"action\":").string(action);
  }

  /** Adds a text; nothing where there is none. */
  RulesRequest with(String name, @Nullable String value) {
    if (value != null) {
      data.raw(",").string(name).raw(":").string(value);
    }
    return this;
  }

  RulesRequest with(String name, long value) {
    data.raw(",").string(name).raw(":").number(value);
    return this;
  }

  Map<String, Object> ask(HubAddress hub) throws CommandFailedException, InterruptedException {
    return ask(hub, EventTypes.ALERT_RULES);
  }

  /** Asks; the answer's data. */
  Map<String, Object> ask(HubAddress hub, String type)
      throws CommandFailedException, InterruptedException {
    data.raw("}");
    return ServiceRequest.ask(
        hub, "rules", type, new String(data.toByteArray(), StandardCharsets.UTF_8));
  }
}
