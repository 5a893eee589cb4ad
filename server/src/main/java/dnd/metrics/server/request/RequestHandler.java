package dnd.metrics.server.request;

import dnd.metrics.events.InvalidEventException;
import tools.jackson.databind.node.ObjectNode;

/** Answers one type of request. Called on one thread, one request after another. */
@FunctionalInterface
public interface RequestHandler {
  /**
   * What stands in the reply's {@code data}, next to {@code status} and {@code correlation_id}.
   *
   * @throws InvalidEventException where the request cannot be met; its problem is the reply
   */
  ObjectNode answer(Request request) throws InvalidEventException;
}
