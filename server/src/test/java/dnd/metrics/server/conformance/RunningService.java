package dnd.metrics.server.conformance;

import dnd.metrics.server.announce.AlertEvents;
import dnd.metrics.server.announce.Announcer;
import dnd.metrics.server.announce.route.AlertsConfig;
import dnd.metrics.server.dashboards.DashboardHandler;
import dnd.metrics.server.database.Database;
import dnd.metrics.server.database.MemoryDatabase;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.ReplayListener;
import dnd.metrics.server.hub.embedded.EmbeddedHub;
import dnd.metrics.server.hub.embedded.HubOptions;
import dnd.metrics.server.ingest.IngestHandler;
import dnd.metrics.server.ingest.IngestLimits;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.query.QueryHandler;
import dnd.metrics.server.query.QueryLimits;
import dnd.metrics.server.rules.RuleDefaults;
import dnd.metrics.server.rules.RuleRequests;
import dnd.metrics.server.rules.RuleService;
import dnd.metrics.server.rules.unittest.EventRuleTester;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** Hub, log and handlers in this process, as {@code dnd-metrics run} puts them together. */
final class RunningService implements AutoCloseable {
  private final Head head;
  private final EmbeddedHub hub;
  private final IngestHandler ingest;
  private final QueryHandler query;
  private final Announcer announcer;
  private final DashboardHandler dashboards;
  private final AlertEvents alerts;
  private final RuleService rules;
  private final RuleRequests ruleRequests;

  RunningService(Path folder) throws Exception {
    head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT);
    hub = EmbeddedHub.start(HubOptions.defaults().withListen("127.0.0.1", 0));
    ingest = new IngestHandler(hub, head, IngestLimits.DEFAULT, InstantSource.system());
    ingest.start();
    QueryEngine engine = new QueryEngine(EngineOptions.defaults());
    query =
        new QueryHandler(
            hub,
            head,
            head::metadata,
            (selectors, listener) -> head.watch(selectors, listener)::close,
            engine,
            QueryLimits.DEFAULT,
            InstantSource.system());
    query.start();
    Database database = new MemoryDatabase();
    announcer = new Announcer(hub, database, AlertsConfig.DEFAULT, InstantSource.system());
    announcer.start();
    rules =
        new RuleService(
            hub,
            head,
            engine,
            database,
            announcer,
            RuleDefaults.PROMETHEUS,
            InstantSource.system());
    rules.start();
    ruleRequests =
        new RuleRequests(
            hub, rules, RuleDefaults.PROMETHEUS, new EventRuleTester(), InstantSource.system());
    ruleRequests.start();
    if (!rules.awaitLoaded(20_000)) {
      throw new AssertionError("rules were not loaded");
    }
    dashboards = new DashboardHandler(hub, database, InstantSource.system());
    dashboards.start();
    alerts =
        new AlertEvents(
            hub, database, announcer, AlertsConfig.DEFAULT, InstantSource.system(), List::of);
    alerts.start();
  }

  String url() {
    return hub.url();
  }

  @Override
  public void close() throws IOException {
    hub.drain();
    ingest.close();
    query.close();
    alerts.close();
    ruleRequests.close();
    rules.close();
    announcer.close();
    dashboards.close();
    head.close();
    hub.close();
  }
}
