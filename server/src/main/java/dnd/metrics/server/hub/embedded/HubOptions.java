package dnd.metrics.server.hub.embedded;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the embedded hub listens and whom it lets in.
 *
 * @param host the address to listen on, an IP address or a name
 * @param port the port, 0 for any free one
 * @param serverName what INFO calls this server
 * @param maxPayloadBytes the largest message, headers included
 * @param maxControlLineBytes the longest protocol line
 * @param maxConnections how many clients may be connected at once
 * @param maxSubscriptions how many subscriptions one client may hold
 * @param maxPendingBytes how much may wait for a client that reads slowly before it is cut off
 * @param writeDeadline how long one write to a client may take before it is cut off
 * @param pingInterval how long a client may be silent before it is asked whether it still lives
 * @param maxPingsOut how many such questions may be unanswered
 * @param authTimeout how long a client has to send CONNECT, where credentials or TLS are asked for
 * @param lameDuckGrace how long clients are still served after the hub has told them that it closes
 * @param users who may connect with user name and password; empty: nobody is asked
 * @param token what may be given in place of user name and password
 * @param tls TLS, or null for a plain connection
 * @param allowInsecure whether to listen beyond the loopback although there are no credentials
 */
public record HubOptions(
    String host,
    int port,
    String serverName,
    int maxPayloadBytes,
    int maxControlLineBytes,
    int maxConnections,
    int maxSubscriptions,
    long maxPendingBytes,
    Duration writeDeadline,
    Duration pingInterval,
    int maxPingsOut,
    Duration authTimeout,
    Duration lameDuckGrace,
    List<HubUser> users,
    @Nullable String token,
    @Nullable HubTls tls,
    boolean allowInsecure) {
  /** 64 MiB: what the size of a message can be set to at most. */
  public static final int LARGEST_MAX_PAYLOAD_BYTES = 64 << 20;

  /**
   * @throws IllegalArgumentException where a value is out of range or a user is named twice
   */
  public HubOptions {
    requireRange("port", port, 0, 65_535);
    requireRange("max_payload", maxPayloadBytes, 1, LARGEST_MAX_PAYLOAD_BYTES);
    requireRange("max_control_line", maxControlLineBytes, 64, 1 << 20);
    requireRange("max_connections", maxConnections, 1, Integer.MAX_VALUE);
    requireRange("max_subscriptions", maxSubscriptions, 1, Integer.MAX_VALUE);
    requireRange("max_pending", maxPendingBytes, 1, 1 << 30);
    requireRange("ping_max", maxPingsOut, 1, 1000);
    requirePositive("write_deadline", writeDeadline);
    requirePositive("ping_interval", pingInterval);
    requirePositive("auth_timeout", authTimeout);
    if (lameDuckGrace.isNegative()) {
      throw new IllegalArgumentException("lame_duck_grace is negative: " + lameDuckGrace);
    }
    if (token != null && token.isEmpty()) {
      throw new IllegalArgumentException("the hub's token is empty");
    }
    users = List.copyOf(users);
    Set<String> names = new HashSet<>();
    for (HubUser user : users) {
      if (!names.add(user.name())) {
        throw new IllegalArgumentException("hub user \"" + user.name() + "\" is given twice");
      }
    }
  }

  /** Listens on the loopback's port 4222, asks for no credentials, 1 MiB payloads. */
  public static HubOptions defaults() {
    return new HubOptions(
        "127.0.0.1",
        4222,
        "dnd-metrics",
        1 << 20,
        4096,
        65_536,
        100_000,
        64L << 20,
        Duration.ofSeconds(10),
        Duration.ofMinutes(2),
        2,
        Duration.ofSeconds(2),
        Duration.ofMillis(200),
        List.of(),
        null,
        null,
        false);
  }

  public boolean asksForCredentials() {
    return token != null || !users.isEmpty();
  }

  public HubOptions withListen(String newHost, int newPort) {
    Draft draft = new Draft(this);
    draft.host = newHost;
    draft.port = newPort;
    return draft.finished();
  }

  public HubOptions withMaxPayloadBytes(int newMaxPayloadBytes) {
    Draft draft = new Draft(this);
    draft.maxPayloadBytes = newMaxPayloadBytes;
    return draft.finished();
  }

  /**
   * How many clients, subscriptions of one client, and bytes waiting for one client there may be.
   */
  public HubOptions withLimits(
      int newMaxConnections, int newMaxSubscriptions, long newMaxPendingBytes) {
    Draft draft = new Draft(this);
    draft.maxConnections = newMaxConnections;
    draft.maxSubscriptions = newMaxSubscriptions;
    draft.maxPendingBytes = newMaxPendingBytes;
    return draft.finished();
  }

  public HubOptions withTimes(
      Duration newWriteDeadline,
      Duration newPingInterval,
      int newMaxPingsOut,
      Duration newAuthTimeout,
      Duration newLameDuckGrace) {
    Draft draft = new Draft(this);
    draft.writeDeadline = newWriteDeadline;
    draft.pingInterval = newPingInterval;
    draft.maxPingsOut = newMaxPingsOut;
    draft.authTimeout = newAuthTimeout;
    draft.lameDuckGrace = newLameDuckGrace;
    return draft.finished();
  }

  public HubOptions withUsers(List<HubUser> newUsers) {
    Draft draft = new Draft(this);
    draft.users = newUsers;
    return draft.finished();
  }

  public HubOptions withToken(@Nullable String newToken) {
    Draft draft = new Draft(this);
    draft.token = newToken;
    return draft.finished();
  }

  public HubOptions withTls(@Nullable HubTls newTls) {
    Draft draft = new Draft(this);
    draft.tls = newTls;
    return draft.finished();
  }

  public HubOptions withAllowInsecure(boolean newAllowInsecure) {
    Draft draft = new Draft(this);
    draft.allowInsecure = newAllowInsecure;
    return draft.finished();
  }

  @Override
  public String toString() {
    return "HubOptions[" + host + ":" + port + ", users=" + users + ", tls=" + tls + "]";
  }

  private static void requireRange(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "message_hub." + name + " is " + value + ", not within " + least + " and " + most);
    }
  }

  private static void requirePositive(String name, Duration duration) {
    if (duration.isZero() || duration.isNegative()) {
      throw new IllegalArgumentException("message_hub." + name + " is not positive: " + duration);
    }
  }

  /** The values of a changed copy while it is made. */
  private static final class Draft {
    private String host;
    private int port;
    private final String serverName;
    private int maxPayloadBytes;
    private final int maxControlLineBytes;
    private int maxConnections;
    private int maxSubscriptions;
    private long maxPendingBytes;
    private Duration writeDeadline;
    private Duration pingInterval;
    private int maxPingsOut;
    private Duration authTimeout;
    private Duration lameDuckGrace;
    private List<HubUser> users;
    private @Nullable String token;
    private @Nullable HubTls tls;
    private boolean allowInsecure;

    Draft(HubOptions from) {
      host = from.host;
      port = from.port;
      serverName = from.serverName;
      maxPayloadBytes = from.maxPayloadBytes;
      maxControlLineBytes = from.maxControlLineBytes;
      maxConnections = from.maxConnections;
      maxSubscriptions = from.maxSubscriptions;
      maxPendingBytes = from.maxPendingBytes;
      writeDeadline = from.writeDeadline;
      pingInterval = from.pingInterval;
      maxPingsOut = from.maxPingsOut;
      authTimeout = from.authTimeout;
      lameDuckGrace = from.lameDuckGrace;
      users = from.users;
      token = from.token;
      tls = from.tls;
      allowInsecure = from.allowInsecure;
    }

    HubOptions finished() {
      return new HubOptions(
          host,
          port,
          serverName,
          maxPayloadBytes,
          maxControlLineBytes,
          maxConnections,
          maxSubscriptions,
          maxPendingBytes,
          writeDeadline,
          pingInterval,
          maxPingsOut,
          authTimeout,
          lameDuckGrace,
          users,
          token,
          tls,
          allowInsecure);
    }
  }
}
