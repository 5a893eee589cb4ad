package dnd.metrics.server.hub.embedded;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides who may connect, and as whom. Immutable. */
final class Authorizer {
  private record Account(String password, PermissionSet permissions) {}

  private final Map<String, Account> accounts = new HashMap<>();
  private final byte @Nullable [] token;
  private final boolean required;

  Authorizer(HubOptions options) {
    for (HubUser user : options.users()) {
      accounts.put(
          user.name(), new Account(user.password(), new PermissionSet(user.permissions())));
    }
    this.token = options.token() == null ? null : bytes(options.token());
    this.required = options.asksForCredentials();
  }

  boolean required() {
    return required;
  }

  /** What a client with these credentials may do; null where it may not connect. */
  @Nullable PermissionSet authorize(ConnectOptions client) {
    if (!required) {
      return PermissionSet.ALL;
    }
    if (token != null && MessageDigest.isEqual(token, bytes(client.token()))) {
      return PermissionSet.ALL;
    }
    Account account = accounts.get(client.user());
    if (account != null
        && MessageDigest.isEqual(bytes(account.password()), bytes(client.password()))) {
      return account.permissions();
    }
    return null;
  }

  private static byte[] bytes(String secret) {
    return secret.getBytes(StandardCharsets.UTF_8);
  }
}
