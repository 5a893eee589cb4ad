package dnd.metrics.server.storage.request;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.server.request.Request;
import java.util.Set;

/**
 * The services that may do what concerns others' samples too: {@code service.operators}. A service
 * is the first token of a subject, and the hub's permissions say who may speak as which. Immutable.
 */
public record Operators(Set<String> services) {
  public Operators {
    services = Set.copyOf(services);
  }

  boolean has(String service) {
    return services.contains(service);
  }

  void require(Request request) throws InvalidEventException {
    if (!has(request.service())) {
      throw new InvalidEventException(
          ErrorCode.NOT_PERMITTED,
          "",
          request.service() + " is not among service.operators of the configuration");
    }
  }
}
