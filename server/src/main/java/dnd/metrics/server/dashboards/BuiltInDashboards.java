package dnd.metrics.server.dashboards;

import dnd.metrics.events.EventTypes;
import dnd.metrics.events.StrictJson;
import dnd.metrics.server.database.DatabaseUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * The dashboards that come with the service, in project {@code default}. One that was never there
 * is added; one that a former version of the service added, and nobody has changed since, follows
 * the service; what a user has changed or deleted is left as it is.
 */
final class BuiltInDashboards {
  static final List<String> NAMES = List.of("service-health", "demo-platform", "senders");

  private BuiltInDashboards() {}

  /** The resource of one of {@link #NAMES}. */
  static ObjectNode resource(String name) {
    String file = name + ".json";
    try (InputStream in = BuiltInDashboards.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its own " + file);
      }
      return (ObjectNode) StrictJson.mapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("the program's own " + file + " cannot be read", e);
    }
  }

  /** The versions that are to be put into the store. */
  static List<Dashboard> missingFrom(DashboardStore store, long nowMillis)
      throws DatabaseUnavailableException {
    List<Dashboard> missing = new ArrayList<>();
    for (String name : NAMES) {
      ObjectNode resource = resource(name);
      Dashboard first = Dashboard.first(resource, nowMillis, EventTypes.SERVICE_NAME);
      Optional<Dashboard> known = store.find(first.project(), first.name());
      if (known.isEmpty()) {
        missing.add(first);
      } else if (known.get().updatedBy().equals(EventTypes.SERVICE_NAME)
          && !known.get().deleted()
          && !known.get().showsTheSameAs(resource)) {
        missing.add(known.get().next(resource, nowMillis, EventTypes.SERVICE_NAME));
      }
    }
    return missing;
  }
}
