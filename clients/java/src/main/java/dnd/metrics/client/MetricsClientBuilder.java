package dnd.metrics.client;

import dnd.metrics.events.Durations;
import io.nats.client.Connection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link MetricsClient}. Only {@link #serviceId} and {@link #messageHub} must be
 * given. What is wrong is said by {@link #build}.
 */
public final class MetricsClientBuilder {
  private static final int MAX_NAME_CHARS = 256;

  private String serviceId = "";
  private @Nullable MessageHub hub;
  private @Nullable String instance;
  private Map<String, String> labels = Map.of();
  private int batchSize = 100;
  private Duration pushInterval = Duration.ofSeconds(10);
  private Duration repeatInterval = Duration.ofMinutes(1);
  private Duration reportInterval = Duration.ofSeconds(15);
  private int bufferEvents = 1000;
  private long bufferBytes = 32L << 20;
  private Duration queryTimeout = Duration.ofSeconds(30);
  private Consumer<DroppedEvent> onDropped = ClientCallbacks.LOGGING.onDropped();
  private Consumer<RejectedMetric> onRejected = ClientCallbacks.LOGGING.onRejected();
  private Consumer<RuntimeException> onError = ClientCallbacks.LOGGING.onError();
  private ClientClock clock = ClientClock.SYSTEM;
  private DoubleSupplier jitter = () -> ThreadLocalRandom.current().nextDouble();
  private long liveCheckMillis = LiveQuery.CHECK_MILLIS;
  private AutoCloseable own = () -> {};

  MetricsClientBuilder() {}

  /** The service's name: the first token of its subjects, and the label {@code service}. */
  public MetricsClientBuilder serviceId(String newServiceId) {
    serviceId = newServiceId;
    return this;
  }

  /** The hub, as a jnats connection, which stays the caller's to close. */
  public MetricsClientBuilder messageHub(Connection connection) {
    return messageHub(new JnatsHub(connection));
  }

  /** The hub. */
  public MetricsClientBuilder messageHub(MessageHub newHub) {
    hub = newHub;
    return this;
  }

  /**
   * Which of the service's processes this is, the label {@code instance}; by default the host's
   * name with a random suffix, so that two replicas never mix. An empty one gives none.
   */
  public MetricsClientBuilder instance(String newInstance) {
    instance = newInstance;
    return this;
  }

  /** Labels that all metrics have in common. */
  public MetricsClientBuilder labels(Map<String, String> newLabels) {
    labels = Map.copyOf(newLabels);
    return this;
  }

  /** A push starts when so many series have changed; default 100. */
  public MetricsClientBuilder batchSize(int newBatchSize) {
    batchSize = newBatchSize;
    return this;
  }

  /** A push starts when so much time has passed; default 10 s. */
  public MetricsClientBuilder pushInterval(Duration newPushInterval) {
    pushInterval = newPushInterval;
    return this;
  }

  /** The same as text, such as {@code "10s"}. */
  public MetricsClientBuilder pushInterval(String newPushInterval) {
    Long millis = Durations.parse(newPushInterval);
    if (millis == null) {
      throw new MetricsException.InvalidConfig(
          "push_interval: \"" + newPushInterval + "\" is neither like 10s nor seconds");
    }
    return pushInterval(Duration.ofMillis(millis));
  }

  /** A series that rests is sent again after so much time; default 1 minute. */
  public MetricsClientBuilder repeatInterval(Duration newRepeatInterval) {
    repeatInterval = newRepeatInterval;
    return this;
  }

  /** Bridges report what they have so often; default 15 s. */
  public MetricsClientBuilder reportInterval(Duration newReportInterval) {
    reportInterval = newReportInterval;
    return this;
  }

  /** How many events may wait to be acknowledged before the oldest is dropped; default 1000. */
  public MetricsClientBuilder bufferEvents(int newBufferEvents) {
    bufferEvents = newBufferEvents;
    return this;
  }

  /** How many bytes of them may wait; default 32 MiB. */
  public MetricsClientBuilder bufferBytes(long newBufferBytes) {
    bufferBytes = newBufferBytes;
    return this;
  }

  /** How long a query may take where the call does not say; default 30 s. */
  public MetricsClientBuilder queryTimeout(Duration newQueryTimeout) {
    queryTimeout = newQueryTimeout;
    return this;
  }

  /** Is told of every event that is given up, on a thread of the client's; default: a log line. */
  public MetricsClientBuilder onDropped(Consumer<DroppedEvent> callback) {
    onDropped = callback;
    return this;
  }

  /** Is told of all that the service refuses, on a thread of the client's; default: a log line. */
  public MetricsClientBuilder onRejected(Consumer<RejectedMetric> callback) {
    onRejected = callback;
    return this;
  }

  /**
   * Is told of what fails in the background and is no push, such as a registry that throws while it
   * is collected; default: a log line.
   */
  public MetricsClientBuilder onError(Consumer<RuntimeException> callback) {
    onError = callback;
    return this;
  }

  MetricsClientBuilder clock(ClientClock newClock) {
    clock = newClock;
    return this;
  }

  MetricsClientBuilder jitter(DoubleSupplier newJitter) {
    jitter = newJitter;
    return this;
  }

  MetricsClientBuilder liveCheckMillis(long millis) {
    liveCheckMillis = millis;
    return this;
  }

  /** What is to be closed with the client. */
  MetricsClientBuilder own(AutoCloseable newOwn) {
    own = newOwn;
    return this;
  }

  /**
   * Makes the client, which begins to push.
   *
   * @throws MetricsException.InvalidConfig where a setting is missing or wrong
   */
  public MetricsClient build() {
    MetricsClient client = buildWithoutThread();
    client.start();
    return client;
  }

  /** A client whose pusher takes its turns only when it is told to. */
  MetricsClient buildWithoutThread() {
    MessageHub givenHub = hub;
    if (givenHub == null) {
      throw new MetricsException.InvalidConfig("message_hub: is missing");
    }
    checkToken(serviceId);
    require(batchSize > 0, "batch_size", batchSize, "a number above 0");
    require(isPositive(pushInterval), "push_interval", pushInterval, "longer than 0");
    require(isPositive(repeatInterval), "repeat_interval", repeatInterval, "longer than 0");
    require(isPositive(reportInterval), "report_interval", reportInterval, "longer than 0");
    require(isPositive(queryTimeout), "query_timeout", queryTimeout, "longer than 0");
    require(bufferEvents > 0, "buffer_events", bufferEvents, "a number above 0");
    require(bufferBytes > 0, "buffer_bytes", bufferBytes, "a number above 0");
    Map<String, String> checked = checkLabels();
    String id = instance == null ? makeInstance() : instance;
    require(id.length() <= MAX_NAME_CHARS, "instance", id.length(), "up to 256 characters long");
    PushSettings settings =
        new PushSettings(
            serviceId,
            id,
            checked,
            batchSize,
            pushInterval.toMillis(),
            repeatInterval.toMillis(),
            reportInterval.toMillis(),
            bufferEvents,
            bufferBytes);
    return new MetricsClient(
        settings,
        givenHub,
        clock,
        new Backoff(jitter),
        new ClientCallbacks(onDropped, onRejected, onError),
        queryTimeout,
        liveCheckMillis,
        own);
  }

  private Map<String, String> checkLabels() {
    try {
      return NameRules.checkLabels("every metric", labels, Map.of());
    } catch (MetricsException.InvalidMetric e) {
      throw new MetricsException.InvalidConfig("labels: " + e.getMessage());
    }
  }

  private static boolean isPositive(Duration duration) {
    return duration.toMillis() > 0;
  }

  private static void require(boolean holds, String setting, Object found, String wanted) {
    if (!holds) {
      throw new MetricsException.InvalidConfig(setting + ": must be " + wanted + ", not " + found);
    }
  }

  private static void checkToken(String service) {
    boolean bad = service.isEmpty() || service.length() > MAX_NAME_CHARS;
    for (int i = 0; i < service.length(); i++) {
      char c = service.charAt(i);
      bad |= c == '.' || c == '*' || c == '>' || c <= ' ' || c == 0x7f;
    }
    if (bad) {
      throw new MetricsException.InvalidConfig(
          "service_id: must be one token of a subject (not empty, without dots, *, > and spaces),"
              + " not \""
              + service
              + "\"");
    }
  }

  private static String makeInstance() {
    StringBuilder suffix = new StringBuilder("-");
    for (int i = 0; i < 8; i++) {
      suffix.append(Character.forDigit(ThreadLocalRandom.current().nextInt(32), 32));
    }
    String host = hostName();
    return host.substring(0, Math.min(host.length(), 64)) + suffix;
  }

  /** The host's name as far as it is known without asking a name server. */
  private static String hostName() {
    for (String variable : new String[] {"HOSTNAME", "COMPUTERNAME"}) {
      String name = System.getenv(variable);
      if (name != null && !name.isBlank()) {
        return name.strip().toLowerCase(Locale.ROOT);
      }
    }
    try {
      String name = Files.readString(Path.of("/etc/hostname")).strip();
      return name.isEmpty() ? "java" : name;
    } catch (IOException e) {
      return "java"; // the suffix is what tells replicas apart
    }
  }
}
