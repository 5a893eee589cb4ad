package dnd.metrics.server.hub.embedded;

/** The hub cannot start as it is configured; the message names the address and what to do. */
public final class HubStartException extends Exception {
  private static final long serialVersionUID = 1L;

  HubStartException(String message) {
    super(message);
  }

  HubStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
