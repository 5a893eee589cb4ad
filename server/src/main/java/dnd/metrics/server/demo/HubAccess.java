package dnd.metrics.server.demo;

import java.util.Optional;

/**
 * How the demo gets at the hub.
 *
 * @param url {@code nats://host:port}
 * @param user a user who may do everything; empty: the secret is a token
 * @param secret the user's password or the token; empty: the hub asks for nothing
 */
public record HubAccess(String url, Optional<String> user, String secret) {
  /** The secret stays out of logs. */
  @Override
  public String toString() {
    return "HubAccess[" + url + "]";
  }
}
