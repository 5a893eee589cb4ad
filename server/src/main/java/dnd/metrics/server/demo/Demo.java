package dnd.metrics.server.demo;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.PushEvent;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The demo: the services of {@link DemoPlatform}, which push every five seconds, and one real
 * sender, {@code host}, which reports {@link HostFigures}. Each has a connection of its own to the
 * hub and is a client like any other.
 */
public final class Demo implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  /** Shorter than the window in which late samples are taken, 30 minutes. */
  private static final Duration HISTORY = Duration.ofMinutes(25);

  private static final Duration HISTORY_STEP = Duration.ofSeconds(15);

  private final List<SenderLoop> loops = new ArrayList<>();

  private Demo() {}

  /**
   * Connects every sender and begins to push.
   *
   * @param seed decides what happens; the same seed and times give the same metrics
   * @param withHistory whether to begin with the last 25 minutes, so that graphs have something to
   *     show; only where there is no older demo whose samples it would be mixed with
   */
  public static Demo start(HubAccess hub, long seed, boolean withHistory, InstantSource clock)
      throws IOException, InterruptedException {
    Demo demo = new Demo();
    try {
      long startMillis = clock.millis() - (withHistory ? HISTORY.toMillis() : INTERVAL.toMillis());
      for (SimulatedService service : DemoPlatform.services(seed, startMillis)) {
        demo.add(service, startMillis, hub, clock);
      }
      demo.addHost(hub, clock);
      return demo;
    } catch (IOException | InterruptedException | RuntimeException e) {
      demo.close();
      throw e;
    }
  }

  private void add(SimulatedService service, long startMillis, HubAccess hub, InstantSource clock)
      throws IOException, InterruptedException {
    EventPusher pusher = new EventPusher(connect(hub, service.name()));
    loops.add(
        new SenderLoop(
            service.name(),
            pusher,
            INTERVAL,
            clock,
            (out, nowMillis) -> {
              long stepMillis = HISTORY_STEP.toMillis();
              for (long t = startMillis + stepMillis; t < nowMillis; t += stepMillis) {
                out.push(service.advance(t));
              }
              out.push(service.advance(nowMillis));
            },
            (out, nowMillis) -> out.push(service.advance(nowMillis))));
  }

  private void addHost(HubAccess hub, InstantSource clock)
      throws IOException, InterruptedException {
    HostFigures figures = new HostFigures();
    SenderLoop.Turn report = (out, nowMillis) -> out.push(hostReport(figures, nowMillis));
    loops.add(
        new SenderLoop(
            "host", new EventPusher(connect(hub, "host")), INTERVAL, clock, report, report));
  }

  private static PushEvent hostReport(HostFigures figures, long nowMillis) {
    return new PushEvent(
        true,
        CorrelationIds.make(),
        "host",
        null,
        nowMillis,
        Map.of(),
        figures.read(),
        CorrelationIds.make());
  }

  private static Connection connect(HubAccess hub, String service)
      throws IOException, InterruptedException {
    Options.Builder options =
        new Options.Builder()
            .server(hub.url())
            .connectionName("demo-" + service)
            .maxReconnects(-1)
            .reconnectWait(Duration.ofSeconds(1))
            .errorListener(new QuietErrors());
    hub.user().ifPresent(user -> options.userInfo(user, hub.secret()));
    if (hub.user().isEmpty() && !hub.secret().isEmpty()) {
      options.token(hub.secret().toCharArray());
    }
    return Nats.connect(options.build());
  }

  /** Lets every sender get the answer to its last push, and disconnects them. */
  @Override
  public void close() {
    try (var closing = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
      loops.forEach(loop -> closing.execute(loop::close));
    }
  }
}
