package dnd.metrics.server;

import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadStatus;
import dnd.metrics.server.head.ReplayListener;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.hub.embedded.EmbeddedHub;
import dnd.metrics.server.hub.embedded.HubStartException;
import dnd.metrics.server.ingest.IngestHandler;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.query.QueryHandler;
import dnd.metrics.server.telemetry.JvmFigures;
import dnd.metrics.server.telemetry.MetricSource;
import dnd.metrics.server.telemetry.OwnReport;
import dnd.metrics.server.telemetry.ProcessFigures;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service as a whole: the embedded hub, what was collected, and the handlers between them. It
 * serves from {@link #start} to {@link #close}. This is the one place that knows all the parts.
 */
public final class Main implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private final Head head;
  private final EmbeddedHub hub;
  private final IngestHandler ingest;
  private final QueryHandler queries;
  private final OwnReport ownReport;

  private Main(Config config, Head head, EmbeddedHub hub, InstantSource clock) {
    Hub subscribed = new SubscribedHub(hub, config);
    this.head = head;
    this.hub = hub;
    this.ingest = new IngestHandler(subscribed, head, config.ingest(), clock);
    this.queries =
        new QueryHandler(
            subscribed,
            head,
            head::metadata,
            (selectors, listener) -> head.watch(selectors, listener)::close,
            new QueryEngine(config.engine()),
            config.queries(),
            clock);
    head.callBackTogether(hub::publishTogether);
    this.ownReport = new OwnReport(hub, instance(hub), ownFigures(), clock);
    ingest.start();
    queries.start();
    ownReport.start();
  }

  /**
   * Brings back what the folder holds, then listens.
   *
   * @param folder where everything that must last is kept; made where it does not exist
   * @throws IOException where the folder cannot be used; the message is for the user
   * @throws HubStartException where the hub cannot listen; the message is for the user
   */
  public static Main start(Config config, Path folder, InstantSource clock, ReplayListener replay)
      throws IOException, HubStartException {
    for (String pattern : Subjects.withoutEffect(config.subjectPatterns())) {
      LOG.info("no subject that is handled matches the configured pattern \"{}\"", pattern);
    }
    Head head = Head.open(folder, config.head(), replay);
    try {
      return new Main(config, head, EmbeddedHub.start(config.hub()), clock);
    } catch (HubStartException e) {
      head.close();
      throw e;
    }
  }

  /** What tells this process from others of the service: where it listens. */
  private static String instance(EmbeddedHub hub) {
    return hub.url().substring(hub.url().indexOf("://") + 3);
  }

  private List<MetricSource> ownFigures() {
    return List.of(
        metrics -> OwnFigures.ingest(ingest.counters(), metrics),
        metrics -> OwnFigures.head(head, metrics),
        metrics -> OwnFigures.senders(head, metrics),
        metrics -> OwnFigures.hub(hub.statistics(), metrics),
        new JvmFigures(),
        new ProcessFigures());
  }

  /** Where clients connect: {@code nats://host:port} or {@code tls://host:port}. */
  public String hubUrl() {
    return hub.url();
  }

  public HeadStatus status() {
    return head.status();
  }

  /**
   * Stops: takes in no more, finishes what is in flight, so that every event that was taken in is
   * answered, and gives the folder free.
   */
  @Override
  public void close() throws IOException {
    ownReport.close();
    hub.drain();
    ingest.close();
    queries.close();
    try {
      head.close();
    } finally {
      hub.close();
    }
  }
}
