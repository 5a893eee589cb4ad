package dnd.metrics.server.rules;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.server.announce.Alert;
import dnd.metrics.server.announce.AlertView;
import dnd.metrics.server.announce.Announcer;
import dnd.metrics.server.announce.Origin;
import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.Database;
import dnd.metrics.server.database.DatabaseUnavailableException;
import dnd.metrics.server.database.NotTakenException;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.parse.ParseException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules of the service: what is kept in table {@code alert_rules} is evaluated, and alerts that
 * were pending or firing when the service stopped go on. Until the tables can be read for the first
 * time nothing is evaluated, since nobody knows what has been announced. Safe for use by several
 * threads.
 */
public final class RuleService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RuleService.class);
  private static final long RETRY_MILLIS = 1000;

  /** How far back instant selectors look. */
  private static final long RECENT_MILLIS = 5 * 60_000;

  private final Head head;
  private final Database database;
  private final Announcer announcer;
  private final AlertLog alerts;
  private final RuleScheduler scheduler;
  private final RuleDefaults defaults;
  private final InstantSource clock;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch loaded = new CountDownLatch(1);

  /** Down when the tables were asked for the first time, whatever came of it. */
  private final CountDownLatch asked = new CountDownLatch(1);

  private final Thread loader =
      Thread.ofPlatform().name("rule-loader").daemon().unstarted(this::load);

  /** Guards changes of the book, which are made lasting in their order. */
  private final Object bookLock = new Object();

  private volatile RuleBook book = RuleBook.EMPTY;

  /**
   * Ids of rows whose change failed, which may come true yet: the next change that succeeds writes
   * them all, so that the table holds what the book does. Under {@code bookLock}.
   */
  private final Set<String> doubtful = new HashSet<>();

  public RuleService(
      Hub hub,
      Head head,
      SeriesSource source,
      QueryEngine engine,
      Database database,
      Announcer announcer,
      RuleDefaults defaults,
      InstantSource clock) {
    this.head = head;
    this.database = database;
    this.announcer = announcer;
    this.defaults = defaults;
    this.clock = clock;
    this.alerts = new AlertLog(database, announcer, defaults.externalLabels());
    GroupRun run =
        new GroupRun(
            new EngineQuery(engine, source),
            new RuleSender(head, clock),
            alerts,
            new AggregatedEvents(hub, clock),
            clock);
    this.scheduler = new RuleScheduler(run, head, clock);
    announcer.askForCurrent(new CurrentAlerts(scheduler, defaults.externalLabels()));
  }

  /** Begins to bring back rules and alerts; to be called once. */
  public void start() {
    alerts.start();
    loader.start();
  }

  private void load() {
    try {
      boolean said = false;
      while (!stopping.await(0, TimeUnit.MILLISECONDS)) {
        try {
          restore();
          loaded.countDown();
          return;
        } catch (DatabaseUnavailableException e) {
          asked.countDown();
          if (!said) {
            LOG.warn("rules wait for the database: {}", e.getMessage());
            said = true;
          }
        }
        if (stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      LOG.error("rules could not be brought back: none is evaluated", e);
      announcer.restore(Origin.RULES, List.of()); // services' own alerts are announced all the same
    } finally {
      asked.countDown();
    }
  }

  private void restore() throws DatabaseUnavailableException {
    List<Row> rows = database.read(Table.ALERT_RULES, Map.of());
    RuleBook read = RuleRows.read(rows);
    List<Row> active = new ArrayList<>();
    for (String status : List.of("pending", "firing")) {
      active.addAll(
          database.read(Table.ALERTS, Map.of("status", status, "source", EventTypes.SERVICE_NAME)));
    }
    announcer.restore(Origin.RULES, toAnnounce(active));
    synchronized (bookLock) {
      book = read;
      renumber(rows, read);
      Restored restored = Restored.of(active);
      List<RuleScheduler.GroupToLoad> groups = new ArrayList<>();
      for (PreparedGroup group : prepare(read)) {
        GroupState state = restored.take(group);
        groups.add(new RuleScheduler.GroupToLoad(group, state, floorMillis(state)));
      }
      // What came just before the stop was perhaps not evaluated any more. After a longer outage
      // there is nothing to see yet: whoever still fires keeps firing until the group's slot.
      boolean recent = head.status().maxMillis() > clock.millis() - RECENT_MILLIS;
      scheduler.replace(groups, recent ? CorrelationIds.make() : null);
      restored.left().forEach((group, left) -> endOrphans(group, left, ""));
    }
    LOG.info("{} rules, {} alerts that are pending or firing", read.ruleCount(), active.size());
  }

  private void renumber(List<Row> rows, RuleBook read) {
    try {
      database.write(RuleRows.renumbered(rows, read));
    } catch (IOException e) {
      LOG.warn("rules are not stored under the ids that they have now: {}", e.getMessage());
    }
  }

  /**
   * When rules may have been evaluated last before a restart: a late sample is no reason to
   * evaluate them in the past.
   */
  private long floorMillis(GroupState state) {
    long floor = Math.min(head.status().maxMillis(), clock.millis());
    for (RuleState rule : state.rules()) {
      for (AlertInstance alert : rule.alerts().values()) {
        floor = Math.max(floor, Math.max(alert.activeAtMillis(), alert.firedAtMillis()));
        floor = Math.max(floor, alert.keepFiringSinceMillis());
      }
    }
    return floor;
  }

  /** What fires, and what is over and may not have been said. */
  private List<Alert> toAnnounce(List<Row> active) throws DatabaseUnavailableException {
    List<Alert> result = new ArrayList<>();
    for (Row row : active) {
      AlertInstance alert = AlertRows.read(row);
      if (alert.state() == AlertState.FIRING) {
        result.add(announced(row, alert));
      }
    }
    Set<String> said = new HashSet<>();
    for (Row row : database.read(Table.ANNOUNCEMENTS, Map.of("kind", "resolved"))) {
      said.add(row.text("alert_id"));
    }
    Map<String, String> over = Map.of("status", "resolved", "source", EventTypes.SERVICE_NAME);
    for (Row row : database.read(Table.ALERTS, over)) {
      if (!said.contains(row.text("id"))) {
        result.add(announced(row, AlertRows.read(row)));
      }
    }
    return result;
  }

  private Alert announced(Row row, AlertInstance alert) {
    return AlertRows.announced(
        row.text("file"), row.text("group_name"), alert, defaults.externalLabels());
  }

  private List<PreparedGroup> prepare(RuleBook rules) {
    List<PreparedGroup> groups = new ArrayList<>();
    for (StoredGroup group : rules.groups()) {
      try {
        groups.add(PreparedGroup.of(group.file(), group.active(), defaults));
      } catch (ParseException e) {
        LOG.error(
            "group {} of {} is not evaluated: {}", group.name(), group.file(), e.getMessage());
      }
    }
    return groups;
  }

  private void endOrphans(PreparedGroup group, List<AlertInstance> orphans, String correlationId) {
    long now = clock.millis();
    List<AlertChange> changes = new ArrayList<>();
    for (AlertInstance alert : orphans) {
      AlertInstance over = alert.resolved(now, correlationId);
      changes.add(
          alert.state() == AlertState.FIRING
              ? new AlertChange.Resolved(over)
              : new AlertChange.Dropped(over));
    }
    alerts.add(group, changes, LogMark.passed());
  }

  /**
   * Waits until rules have been brought back.
   *
   * @return false where the time was over first
   */
  public boolean awaitLoaded(long millis) throws InterruptedException {
    return loaded.await(millis, TimeUnit.MILLISECONDS);
  }

  /** The alerts that hold but do not fire yet. */
  public List<AlertView> pendingAlerts() {
    List<AlertView> pending = new ArrayList<>();
    awaitFirstLoad();
    for (LoadedGroup group : scheduler.groups()) {
      for (RuleState state : group.state.rules()) {
        for (AlertInstance alert : state.alerts().values()) {
          if (alert.state() == AlertState.PENDING) {
            pending.add(
                AlertView.pending(
                    alert.labels().get(AlertTracker.ALERT_NAME),
                    AlertRows.withExternal(alert.labels(), defaults.externalLabels()),
                    alert.annotations(),
                    alert.value(),
                    alert.activeAtMillis(),
                    group.group.name(),
                    group.group.file(),
                    EventTypes.SERVICE_NAME));
          }
        }
      }
    }
    return pending;
  }

  /** How rules do, as one figure each. */
  public RuleFigures figures() {
    return RuleFigures.of(scheduler.groups(), scheduler.counters(), alerts.lost());
  }

  /** Waits until what evaluations came to is announced, or cannot be made lasting now. */
  void flush() {
    alerts.flush();
  }

  RuleBook book() {
    return book;
  }

  RuleScheduler scheduler() {
    return scheduler;
  }

  /**
   * Whether rules have been brought back. Waits until the tables have been asked for the first
   * time.
   */
  boolean awaitFirstLoad() {
    try {
      asked.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return loaded.getCount() == 0;
  }

  /**
   * Changes what is kept, lasting when this returns, and what is evaluated. Alerts that end by it
   * have been announced then.
   *
   * @param correlationId of the event that wants it
   * @return what is kept now
   * @throws IOException where it could not be made lasting; then nothing has changed, but a start
   *     before the next change may find it in the table, where the disk recovered meanwhile
   */
  RuleBook change(UnaryOperator<RuleBook> change, String correlationId) throws IOException {
    RuleBook after;
    synchronized (bookLock) {
      RuleBook before = book;
      after = change.apply(before);
      write(RuleRows.changes(before, after, doubtful));
      book = after;
      List<RuleScheduler.GroupToLoad> groups = new ArrayList<>();
      for (PreparedGroup group : prepare(after)) {
        groups.add(
            new RuleScheduler.GroupToLoad(group, GroupState.initial(group), AlertInstance.NEVER));
      }
      scheduler
          .replace(groups, correlationId)
          .forEach((group, orphans) -> endOrphans(group, orphans, correlationId));
    }
    alerts.flush();
    return after;
  }

  private void write(List<Change> changes) throws IOException {
    try {
      database.write(changes);
      doubtful.clear();
    } catch (NotTakenException e) {
      throw e; // nothing is done with it
    } catch (IOException e) {
      doubtful.addAll(RuleRows.ids(changes));
      throw e;
    }
  }

  /** Alerts read from the table, until their rules take them. */
  private record Restored(Map<String, List<Row>> byRule) {
    static Restored of(List<Row> rows) {
      Map<String, List<Row>> byRule = new LinkedHashMap<>();
      for (Row row : rows) {
        String id = row.text("id");
        int first = id.indexOf('-');
        int last = id.lastIndexOf('-');
        String key = first < last ? id.substring(first + 1, last) : "";
        byRule.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
      }
      return new Restored(byRule);
    }

    /** The state of a group with the alerts of its rules. */
    GroupState take(PreparedGroup group) {
      GroupState state = GroupState.initial(group);
      for (int i = 0; i < group.rules().size(); i++) {
        if (group.rules().get(i) instanceof PreparedRule.Alerting alerting) {
          List<Row> rows = byRule.remove(alerting.definition().key());
          if (rows != null) {
            Map<Labels, AlertInstance> alerts = new LinkedHashMap<>();
            for (Row row : rows) {
              AlertInstance alert = AlertRows.read(row);
              alerts.put(alert.labels(), alert);
            }
            state = state.with(i, RuleState.restored(alerting.definition(), alerts));
          }
        }
      }
      return state;
    }

    /** The alerts that no rule took, by a group that stands for theirs. */
    Map<PreparedGroup, List<AlertInstance>> left() {
      Map<PreparedGroup, List<AlertInstance>> left = new HashMap<>();
      for (List<Row> rows : byRule.values()) {
        for (Row row : rows) {
          PreparedGroup group = PreparedGroup.empty(row.text("file"), row.text("group_name"));
          left.computeIfAbsent(group, k -> new ArrayList<>()).add(AlertRows.read(row));
        }
      }
      return left;
    }
  }

  /** Ends evaluations; what they came to is lasting. */
  @Override
  public void close() {
    stopping.countDown();
    try {
      loader.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    scheduler.close();
    alerts.close();
  }
}
