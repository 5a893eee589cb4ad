package dnd.metrics.server.hub;

/**
 * Takes a message. Called on a thread of the hub, one message of a connection at a time: what it
 * does not do quickly it hands to a thread of its own. What it throws is logged and counted; the
 * subscription goes on.
 */
@FunctionalInterface
public interface MessageHandler {
  void handle(Message message);
}
