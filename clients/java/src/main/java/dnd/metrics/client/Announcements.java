package dnd.metrics.client;

import dnd.metrics.events.Envelope;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.Fields;
import dnd.metrics.events.InvalidEventException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Hands what the service announces to callbacks. Safe for use by several threads. */
final class Announcements {
  /** How many ids are remembered, by which an event that comes again is known. */
  private static final int REMEMBERED = 10_000;

  private final MessageHub hub;
  private final ClientCallbacks callbacks;
  private final Set<HubSubscription> open = ConcurrentHashMap.newKeySet();

  Announcements(MessageHub hub, ClientCallbacks callbacks) {
    this.hub = hub;
    this.callbacks = callbacks;
  }

  HubSubscription onAlert(Consumer<AlertEvent> callback) {
    Set<String> seen = ids();
    Consumer<HubMessage> handler = message -> handle(message, seen, Announcements::alert, callback);
    return both(
        hub.subscribe(EventTypes.ALERT_TRIGGERED, handler),
        hub.subscribe(EventTypes.ALERT_RESOLVED, handler));
  }

  HubSubscription onDashboard(Consumer<DashboardEvent> callback) {
    Set<String> seen = ids();
    return both(
        hub.subscribe(
            EventTypes.DASHBOARD_UPDATED,
            message -> handle(message, seen, Announcements::dashboard, callback)));
  }

  private HubSubscription both(HubSubscription... subscriptions) {
    HubSubscription all = () -> List.of(subscriptions).forEach(HubSubscription::close);
    open.add(all);
    return () -> {
      open.remove(all);
      all.close();
    };
  }

  void close() {
    open.forEach(HubSubscription::close);
    open.clear();
  }

  private static Set<String> ids() {
    return Collections.synchronizedSet(
        Collections.newSetFromMap(
            new LinkedHashMap<>() {
              @Override
              protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > REMEMBERED;
              }
            }));
  }

  /** Makes an event into what callbacks get. */
  private interface Reading<T> {
    T read(Envelope event, String id, String json) throws InvalidEventException;
  }

  private <T> void handle(
      HubMessage message, Set<String> seen, Reading<T> reading, Consumer<T> callback) {
    T event;
    try {
      Envelope envelope = Envelope.read(message.payload());
      String id = envelope.id() == null ? "" : envelope.id();
      if (!id.isEmpty() && !seen.add(id)) {
        return;
      }
      event = reading.read(envelope, id, new String(message.payload(), StandardCharsets.UTF_8));
    } catch (InvalidEventException e) {
      callbacks.error(
          new MetricsException.InvalidAnswer(
              "an event on " + message.subject() + " cannot be read: " + e.getMessage(), e));
      return;
    }
    ClientCallbacks.safely(callback, event);
  }

  private static AlertEvent alert(Envelope event, String id, String json)
      throws InvalidEventException {
    Fields data = event.fields();
    JsonNode value = data.node("value");
    return new AlertEvent(
        id,
        event.type().equals(EventTypes.ALERT_TRIGGERED),
        data.requireString("rule"),
        orEmpty(data.string("severity")),
        texts(data.node("labels")),
        texts(data.node("annotations")),
        value == null || !value.isNumber() ? Double.NaN : value.doubleValue(),
        time(data.timestamp("started_at")),
        time(data.timestamp("resolved_at")),
        data.correlationId(),
        json);
  }

  private static DashboardEvent dashboard(Envelope event, String id, String json)
      throws InvalidEventException {
    Fields data = event.fields();
    JsonNode version = data.node("version");
    return new DashboardEvent(
        id,
        orEmpty(data.string("action")),
        orEmpty(data.string("project")),
        orEmpty(data.string("name")),
        orEmpty(data.string("display_name")),
        version == null || !version.canConvertToLong()
            ? OptionalLong.empty()
            : OptionalLong.of(version.longValue()),
        orEmpty(data.string("updated_by")),
        time(data.timestamp("updated_at")),
        data.correlationId(),
        json);
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static Map<String, String> texts(@Nullable JsonNode object) {
    return object == null ? Map.of() : ResultReader.labels(object);
  }

  private static Optional<Instant> time(@Nullable Long millis) {
    return Optional.ofNullable(millis).map(Instant::ofEpochMilli);
  }
}
