package dnd.metrics.server.head;

import java.util.Objects;

/**
 * Who sends: a service, and its instance, which is empty where the sender names none. Events of one
 * sender are applied in order.
 */
public record SenderId(String service, String instance) {
  public SenderId {
    Objects.requireNonNull(service, "service");
    Objects.requireNonNull(instance, "instance");
  }
}
