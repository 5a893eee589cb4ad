package dnd.metrics.server.cli;

import dnd.metrics.server.demo.HubAccess;
import dnd.metrics.server.hub.embedded.HubOptions;
import dnd.metrics.server.hub.embedded.HubPermissions;
import dnd.metrics.server.hub.embedded.HubUser;
import java.util.Optional;

/** Finds, in the hub's settings, credentials with which the demo may do what it does. */
final class DemoAccess {
  private DemoAccess() {}

  static HubAccess of(String url, HubOptions hub) throws CommandFailedException {
    if (hub.tls() != null) {
      throw new CommandFailedException("--demo is for trying out: it does not speak TLS");
    }
    if (hub.token() != null) {
      return new HubAccess(url, Optional.empty(), hub.token());
    }
    Optional<HubUser> user =
        hub.users().stream()
            .filter(each -> each.permissions().equals(HubPermissions.ALL))
            .findFirst();
    if (user.isPresent()) {
      return new HubAccess(url, Optional.of(user.get().name()), user.get().password());
    }
    if (!hub.users().isEmpty()) {
      throw new CommandFailedException("--demo needs a hub user without permissions that limit it");
    }
    return new HubAccess(url, Optional.empty(), "");
  }
}
