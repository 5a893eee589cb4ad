package dnd.metrics.server.cli;

import dnd.metrics.events.JsonBuffer;
import dnd.metrics.server.terminal.NotJsonException;
import dnd.metrics.server.terminal.PlainJson;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.Map;

/** A command's one question to the service, and the answer's {@code data}. */
final class ServiceRequest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private ServiceRequest() {}

  /**
   * Sends an event of {@code type} in the name of the command's service and waits for the answer.
   *
   * @param command its name, by which the hub knows the connection
   * @param data the event's {@code data} as JSON
   * @throws CommandFailedException where there is no answer, or it is an error, with its message
   */
  static Map<String, Object> ask(HubAddress hub, String command, String type, String data)
      throws CommandFailedException, InterruptedException {
    return ask(hub, command, type, data, PATIENCE);
  }

  /** The same, with {@code patience} for the answer. */
  static Map<String, Object> ask(
      HubAddress hub, String command, String type, String data, Duration patience)
      throws CommandFailedException, InterruptedException {
    JsonBuffer event = new JsonBuffer(128 + data.length());
    event.raw("{\"type\":").string(type).raw(",\"data\":").raw(data).raw('}');
    try (HubLink link = HubLink.open(hub.url(), command)) {
      if (event.length() > link.maxPayloadBytes()) {
        throw new CommandFailedException(
            "the event has " + event.length() + " bytes, the hub takes " + link.maxPayloadBytes());
      }
      String inbox = link.inbox();
      Subscription answers = link.subscribe(inbox);
      link.publish(hub.service() + "." + type, inbox, event.toByteArray());
      Message message = link.next(answers, patience);
      if (message == null) {
        throw new CommandFailedException("no answer within " + patience.toSeconds() + "s");
      }
      Map<String, Object> answer = PlainJson.object(PlainJson.object(message.getData()), "data");
      if (!PlainJson.text(answer, "status").equals("success")) {
        throw new CommandFailedException(PlainJson.text(answer, "error"));
      }
      return answer;
    } catch (NotJsonException e) {
      throw new CommandFailedException("the answer cannot be read: " + e.getMessage(), e);
    }
  }

  /** The map that an element of an answer's list is; an empty one where it is none. */
  @SuppressWarnings("unchecked") // maps are only ever made by PlainJson
  static Map<String, Object> map(Object element) {
    return element instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
