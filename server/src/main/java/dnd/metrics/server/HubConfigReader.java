package dnd.metrics.server;

import dnd.metrics.server.hub.embedded.HubOptions;
import dnd.metrics.server.hub.embedded.HubPermissions;
import dnd.metrics.server.hub.embedded.HubTls;
import dnd.metrics.server.hub.embedded.HubUser;
import dnd.metrics.server.hub.embedded.SubjectPermission;
import dnd.metrics.server.yaml.YamlMapping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@link HubOptions} from the mapping {@code message_hub}. */
final class HubConfigReader {
  private final Secrets secrets;

  HubConfigReader(Secrets secrets) {
    this.secrets = secrets;
  }

  HubOptions read(YamlMapping mapping, HubOptions defaults) {
    ListenAddress listen =
        mapping
            .read("listen", ListenAddress::parse)
            .orElse(new ListenAddress(defaults.host(), defaults.port()));
    int maxPayloadBytes =
        (int)
            mapping
                .bytes("max_payload", 1024, HubOptions.LARGEST_MAX_PAYLOAD_BYTES)
                .orElse(defaults.maxPayloadBytes());
    List<HubUser> users = new ArrayList<>();
    for (YamlMapping user : mapping.mappings("users")) {
      readUser(user, users);
    }
    Optional<String> token = secret(mapping, "token");
    Optional<HubTls> tls = mapping.mapping("tls").flatMap(HubConfigReader::readTls);
    HubOptions options =
        defaults
            .withListen(listen.host(), listen.port())
            .withMaxPayloadBytes(maxPayloadBytes)
            .withLimits(
                mapping
                    .integer("max_connections", 1, Integer.MAX_VALUE)
                    .orElse(defaults.maxConnections()),
                mapping
                    .integer("max_subscriptions", 1, Integer.MAX_VALUE)
                    .orElse(defaults.maxSubscriptions()),
                mapping.bytes("max_pending", 1024, 1 << 30).orElse(defaults.maxPendingBytes()))
            .withTimes(
                mapping.duration("write_deadline").orElse(defaults.writeDeadline()),
                mapping.duration("ping_interval").orElse(defaults.pingInterval()),
                mapping.integer("ping_max", 1, 1000).orElse(defaults.maxPingsOut()),
                mapping.duration("auth_timeout").orElse(defaults.authTimeout()),
                defaults.lameDuckGrace())
            .withUsers(users)
            .withTls(tls.orElse(null))
            .withAllowInsecure(mapping.bool("allow_insecure").orElse(defaults.allowInsecure()));
    mapping.finish();
    return token.isPresent() ? options.withToken(token.get()) : options;
  }

  private void readUser(YamlMapping mapping, List<HubUser> users) {
    Optional<String> name = mapping.string("user");
    Optional<String> password = secret(mapping, "password");
    HubPermissions permissions =
        mapping
            .mapping("permissions")
            .map(HubConfigReader::readPermissions)
            .orElse(HubPermissions.ALL);
    mapping.finish();
    if (name.isEmpty() || name.get().isEmpty()) {
      mapping.problem("user", "a hub user needs a name (user)");
    } else if (!mapping.has("password")) {
      mapping.problem("user", "hub user '" + name.get() + "' needs a password");
    } else if (users.stream().anyMatch(user -> user.name().equals(name.get()))) {
      mapping.problem("user", "hub user '" + name.get() + "' is given twice");
    } else if (password.isPresent()) {
      users.add(new HubUser(name.get(), password.get(), permissions));
    }
  }

  private static HubPermissions readPermissions(YamlMapping mapping) {
    HubPermissions permissions =
        new HubPermissions(
            readPermission(mapping, "publish"), readPermission(mapping, "subscribe"));
    mapping.finish();
    return permissions;
  }

  private static SubjectPermission readPermission(YamlMapping mapping, String key) {
    Optional<YamlMapping> rules = mapping.mapping(key);
    if (rules.isEmpty()) {
      return SubjectPermission.ALL;
    }
    YamlMapping permission = rules.get();
    List<String> allow = permission.strings("allow");
    List<String> deny = permission.strings("deny");
    permission.finish();
    try {
      return new SubjectPermission(permission.has("allow") ? allow : null, deny);
    } catch (IllegalArgumentException e) {
      mapping.problem(key, String.valueOf(e.getMessage()));
      return SubjectPermission.ALL;
    }
  }

  private static Optional<HubTls> readTls(YamlMapping mapping) {
    Optional<Path> certificate = mapping.read("cert_file", Path::of);
    Optional<Path> key = mapping.read("key_file", Path::of);
    boolean handshakeFirst = mapping.bool("handshake_first").orElse(false);
    mapping.finish();
    if (!mapping.has("cert_file") || !mapping.has("key_file")) {
      mapping.problem("", "message_hub.tls needs cert_file and key_file");
    }
    return certificate.flatMap(
        file -> key.map(keyFile -> new HubTls(file, keyFile, handshakeFirst)));
  }

  /** A text in which <code>${NAME}</code> stands for an environment variable. */
  private Optional<String> secret(YamlMapping mapping, String key) {
    return mapping
        .read(key, secrets::filledIn)
        .filter(value -> {
          if (value.isEmpty()) {
            mapping.problem(key, "the " + key + " is empty");
          }
          return !value.isEmpty();
        });
  }
}
