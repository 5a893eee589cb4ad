package dnd.metrics.server.query;

import dnd.metrics.server.head.AppendListener;
import dnd.metrics.server.head.Appended;
import dnd.metrics.server.head.AppendedEvent;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.hub.RecordingHub;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** Live queries over samples that a test adds, at times that it sets. */
final class LiveFixture implements AutoCloseable {
  static final long START_MILLIS = Instant.parse("2026-11-24T10:00:00Z").toEpochMilli();

  final ChangingSource source = new ChangingSource();
  final AtomicLong nowMillis = new AtomicLong(START_MILLIS);
  final QueryEngine engine;
  final RecordingHub hub;
  private final QueryHandler handler;
  private final List<AppendListener> watching = new CopyOnWriteArrayList<>();
  private final Map<String, LinkedBlockingQueue<JsonNode>> bySubject = new ConcurrentHashMap<>();

  LiveFixture(int maxPayloadBytes, long totalMemoryBytes, QueryLimits limits) {
    InstantSource clock = () -> Instant.ofEpochMilli(nowMillis.get());
    engine =
        new QueryEngine(
            new EngineOptions(
                120_000, 300_000, totalMemoryBytes, totalMemoryBytes, 50_000_000, 60_000, clock));
    hub = new RecordingHub(maxPayloadBytes);
    handler =
        new QueryHandler(
            hub,
            source,
            Map::of,
            (selectors, listener) -> {
              if (selectors.toString().contains("unwatchable")) {
                throw new IllegalStateException("a watch that fails, as this test wants it");
              }
              watching.add(listener);
              return () -> watching.remove(listener);
            },
            engine,
            limits,
            clock);
    handler.start();
  }

  LiveFixture() {
    this(1 << 20, 256 << 20, QueryLimits.DEFAULT);
  }

  /** Asks, with the name as correlation id and where the answers go. */
  void ask(String name, String data) {
    deliver("metrics.query", name, "{\"correlation_id\":\"" + name + "\"," + data + "}");
  }

  void deliver(String type, String replyTo, String data) {
    hub.deliver("shop." + type, replyTo, "{\"type\":\"" + type + "\",\"data\":" + data + "}");
  }

  /** The next event to that asker. */
  JsonNode next(String name) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (System.nanoTime() < end) {
      JsonNode mine = queue(name).poll();
      if (mine != null) {
        return mine;
      }
      RecordingHub.Published published = hub.published.poll(1, TimeUnit.SECONDS);
      if (published != null) {
        queue(published.subject()).add(published.data());
      }
    }
    throw new AssertionError("nothing was sent to " + name);
  }

  private LinkedBlockingQueue<JsonNode> queue(String name) {
    return bySubject.computeIfAbsent(name, n -> new LinkedBlockingQueue<>());
  }

  /** Adds a sample and says so to who watches. */
  void append(String metric, String id, long timeMillis, double value) {
    source.put(metric, id, timeMillis, value);
    tellOfSamples(timeMillis);
  }

  void tellOfSamples(long timeMillis) {
    AppendedEvent event =
        new AppendedEvent(1, new SenderId("shop", ""), null, timeMillis, timeMillis);
    watching.forEach(listener -> listener.appended(Appended.of(List.of(event))));
  }

  void awaitNothingOpen() {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofMinutes(1))
        .until(() -> handler.open() == 0);
  }

  void awaitNoMemory() {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofMinutes(1))
        .until(() -> engine.heldBytes() == 0);
  }

  @Override
  public void close() {
    handler.close();
  }
}
