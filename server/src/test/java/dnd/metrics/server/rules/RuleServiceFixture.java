package dnd.metrics.server.rules;

import static org.awaitility.Awaitility.await;

import dnd.metrics.server.announce.Announcer;
import dnd.metrics.server.announce.Origin;
import dnd.metrics.server.announce.route.AlertsConfig;
import dnd.metrics.server.database.MemoryDatabase;
import dnd.metrics.server.head.CommitCallback;
import dnd.metrics.server.head.EventKind;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.ReplayListener;
import dnd.metrics.server.head.SenderBatch;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.hub.RecordingHub;
import dnd.metrics.server.hub.RecordingHub.Published;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.rules.file.RuleFileReader;
import dnd.metrics.server.rules.unittest.EventRuleTester;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The rules of a service on a real head, with a database in memory and a hub that records. */
final class RuleServiceFixture implements AutoCloseable {
  static {
    Awaitility.setDefaultTimeout(Duration.ofMinutes(1)); // on a machine that does much else
  }

  final InstantSource clock;
  final RecordingHub hub = new RecordingHub(1 << 20);
  final MemoryDatabase database;
  final Head head;
  private final RuleDefaults defaults;
  RuleService service;
  private RuleRequests requests;
  Announcer announcer;

  RuleServiceFixture(Path folder) throws IOException {
    this(folder, RuleDefaults.PROMETHEUS);
  }

  RuleServiceFixture(Path folder, RuleDefaults defaults) throws IOException {
    this(folder, new MemoryDatabase(), HeadOptions.DEFAULT, defaults, InstantSource.system());
  }

  RuleServiceFixture(Path folder, InstantSource clock) throws IOException {
    this(folder, new MemoryDatabase(), HeadOptions.DEFAULT, RuleDefaults.PROMETHEUS, clock);
  }

  RuleServiceFixture(Path folder, MemoryDatabase database, HeadOptions options) throws IOException {
    this(folder, database, options, RuleDefaults.PROMETHEUS, InstantSource.system());
  }

  private RuleServiceFixture(
      Path folder,
      MemoryDatabase database,
      HeadOptions options,
      RuleDefaults defaults,
      InstantSource clock)
      throws IOException {
    this.clock = clock;
    this.database = database;
    this.defaults = defaults;
    this.head = Head.open(folder, options, ReplayListener.SILENT);
    begin();
  }

  private void begin() {
    announcer = new Announcer(hub, database, AlertsConfig.DEFAULT, clock);
    announcer.start(Set.of(Origin.RULES));
    service =
        new RuleService(
            hub,
            head,
            head,
            new QueryEngine(EngineOptions.defaults()),
            database,
            announcer,
            defaults,
            clock);
    requests = new RuleRequests(hub, service, defaults, new EventRuleTester(), clock);
    service.start();
    requests.start();
  }

  void awaitLoaded() throws InterruptedException {
    if (!service.awaitLoaded(20_000)) {
      throw new AssertionError("rules were not loaded");
    }
  }

  /** Stops the rules and begins anew on the same tables, as a restart does. */
  void restart() throws InterruptedException {
    requests.close();
    service.close();
    announcer.close();
    begin();
    awaitLoaded();
  }

  void load(String file, String yaml) throws IOException, InterruptedException {
    awaitLoaded();
    var reading = RuleFileReader.read(yaml);
    if (!reading.isValid()) {
      throw new IllegalArgumentException(reading.problems().toString());
    }
    service.change(book -> book.with(file, reading.file(), clock.millis(), "test"), "load");
    // A sample of the same millisecond would count as one of a time that is over.
    await()
        .until(() ->
            service.scheduler().groups().stream()
                .allMatch(loaded ->
                    loaded.evaluatedAtMillis != AlertInstance.NEVER
                        && loaded.evaluatedAtMillis < clock.millis()));
  }

  void push(String correlationId, String name, double value, String... labels) {
    pushAt(clock.millis(), correlationId, name, value, labels);
  }

  void pushAt(long millis, String correlationId, String name, double value, String... labels) {
    try {
      pushAround(() -> {}, millis, correlationId, name, value, labels);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** What is done while a sample is on its way. */
  @FunctionalInterface
  interface Meanwhile {
    void run() throws Exception;
  }

  /** Pushes; {@code meanwhile} the sample can be seen, and is not yet in the log. */
  void pushAround(
      Meanwhile meanwhile,
      long millis,
      String correlationId,
      String name,
      double value,
      String... labels)
      throws Exception {
    Labels all = Labels.of(labels).with(Labels.METRIC_NAME, name);
    SenderId sender = new SenderId(all.get("service"), all.get("instance"));
    try (SenderBatch batch = head.sender(sender).begin(EventKind.PUSH, null, clock.millis())) {
      batch.append(batch.resolve(all), millis, value);
      meanwhile.run();
      batch.commit(new Commit(correlationId));
    }
  }

  private record Commit(@Nullable String correlationId) implements CommitCallback {
    @Override
    public void committed() {}

    @Override
    public void failed(IOException reason) {}
  }

  /** The data of the next event of a type; others before it are passed over. */
  JsonNode next(String type) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (true) {
      Published next = hub.published.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        throw new AssertionError("no " + type + " came");
      }
      if (next.subject().equals(type)) {
        return next.data();
      }
    }
  }

  /** Asks by an event; the reply's data. */
  JsonNode ask(String type, String data) throws InterruptedException {
    hub.deliver("bard." + type, "inbox", "{\"type\":\"" + type + "\",\"data\":" + data + "}");
    return next("inbox");
  }

  @Override
  public void close() throws IOException {
    requests.close();
    service.close();
    announcer.close();
    head.close();
  }
}
