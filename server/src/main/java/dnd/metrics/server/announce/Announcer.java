package dnd.metrics.server.announce;

import dnd.metrics.events.JsonBuffer;
import dnd.metrics.server.announce.Turn.Say;
import dnd.metrics.server.announce.Turn.Settle;
import dnd.metrics.server.announce.Turn.Step;
import dnd.metrics.server.announce.route.AlertsConfig;
import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.Database;
import dnd.metrics.server.database.DatabaseUnavailableException;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells everybody of alerts: publishes {@code alert.triggered} and {@code alert.resolved} when the
 * {@link Dispatcher} says so, and notes in table {@code announcements} what was published. Safe for
 * use by several threads.
 *
 * <p>First published, then noted: what a crash between the two makes appear twice has the same
 * event id, which is also its {@code Nats-Msg-Id}. What the hub does not take is tried again every
 * second, in order, before anything else.
 */
public final class Announcer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
  private static final int EVENT_BYTES = 4096;
  private static final int MAX_UNSENT = 100_000;
  private static final long RETRY_MILLIS = 1000;

  /** The clock on the wall may be set: no wait is longer. */
  private static final long LONGEST_WAIT_MILLIS = 30_000;

  private final Hub hub;
  private final Database database;
  private final InstantSource clock;
  private final NoteWriter notes;

  /**
   * Guards what is below; taken before the lock of {@link NoteWriter}. Publications leave while it
   * is held, so that those of one alert keep their order: handing them to the hub is no I/O.
   */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition earlier = lock.newCondition();
  private final Dispatcher dispatcher;
  private final JsonBuffer out = new JsonBuffer(EVENT_BYTES);
  private final Deque<Step> unsent = new ArrayDeque<>();

  /** What was published in this turn. */
  private final List<Change> toNote = new ArrayList<>();

  /** Alerts that came before what was announced formerly could be read; null afterwards. */
  private @Nullable List<Alert> early = new ArrayList<>();

  private long waitingUntilMillis = Long.MAX_VALUE;
  private long triggered;
  private long resolved;
  private long dropped;
  private boolean hubAway;
  private boolean closed;
  private @Nullable Thread thread;

  public Announcer(Hub hub, Database database, AlertsConfig config, InstantSource clock) {
    this.hub = hub;
    this.database = database;
    this.clock = clock;
    this.dispatcher = new Dispatcher(config);
    this.notes = new NoteWriter(database);
  }

  /**
   * Reads what was announced and which silences there are, and begins to announce. Where the
   * database is away, alerts wait until it is back. To be called once.
   */
  public void start() {
    load();
    thread = Thread.ofPlatform().name("announcer").daemon().start(this::run);
  }

  /**
   * Takes in alerts that began or ceased to fire, or whose annotations or value changed; what is to
   * be announced at once has been published when it returns. To be called once the alerts are
   * durable, and after a restart with every alert that fires and with every resolved one that table
   * {@code announcements} does not have with the kind {@code resolved}: in one call, so that those
   * that inhibit others are known. Handing in an alert again changes nothing.
   */
  public void accept(List<Alert> alerts) {
    lock.lock();
    try {
      if (early != null) {
        early.addAll(alerts);
      } else {
        long now = clock.millis();
        carryOut(dispatcher.accept(alerts, now), now);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Every alert that fires, with what becomes of it. */
  public List<AlertView> views() {
    lock.lock();
    try {
      return dispatcher.views(clock.millis());
    } finally {
      lock.unlock();
    }
  }

  public AnnouncerStatus status() {
    lock.lock();
    try {
      return new AnnouncerStatus(
          triggered, resolved, dispatcher.size(), unsent.size(), dropped, notes.waiting());
    } finally {
      lock.unlock();
    }
  }

  /** Whether it is known what was announced and which silences there are. */
  boolean isReady() {
    lock.lock();
    try {
      return early == null;
    } finally {
      lock.unlock();
    }
  }

  List<Silence> silences() {
    lock.lock();
    try {
      return List.copyOf(dispatcher.silences().all());
    } finally {
      lock.unlock();
    }
  }

  @Nullable Silence silence(String id) {
    lock.lock();
    try {
      return dispatcher.silences().get(id);
    } finally {
      lock.unlock();
    }
  }

  /** What saving {@code draft} changes; see {@link Silences#planSave}. */
  List<Silence> planSave(Silence draft, String newId, long nowMillis) {
    lock.lock();
    try {
      return dispatcher.silences().planSave(draft, newId, nowMillis);
    } finally {
      lock.unlock();
    }
  }

  /** Lets silences that are durable hold as they are now. */
  void put(List<Silence> changed) {
    lock.lock();
    try {
      long now = clock.millis();
      carryOut(dispatcher.put(changed, now), now);
    } finally {
      lock.unlock();
    }
  }

  /** Does what is due by the clock. */
  void advance() {
    lock.lock();
    try {
      if (early == null) {
        long now = clock.millis();
        carryOut(dispatcher.advance(now), now);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until everything that was announced has been noted. */
  void flushNotes() {
    notes.flush();
  }

  private void carryOut(Turn turn, long nowMillis) {
    for (Silence silence : turn.silences) {
      toNote.add(AlertRows.silence(silence, nowMillis));
    }
    unsent.addAll(turn.steps);
    send(nowMillis);
    notes.add(toNote);
    toNote.clear();
    if (dispatcher.nextMillis() < waitingUntilMillis) {
      earlier.signalAll();
    }
  }

  private void send(long nowMillis) {
    if (unsent.isEmpty()) {
      return;
    }
    try {
      hub.publishTogether(() -> {
        for (Step step = unsent.peek(); step != null; step = unsent.peek()) {
          switch (step) {
            case Say say -> publish(say.announcement(), nowMillis);
            case Settle settle -> toNote.add(AlertRows.settled(settle.alertId(), nowMillis));
          }
          unsent.poll();
        }
      });
      hubAway = false;
    } catch (RuntimeException e) {
      if (!hubAway) {
        LOG.warn("the hub does not take announcements; they are tried again every second", e);
      }
      hubAway = true;
      while (unsent.size() > MAX_UNSENT) {
        unsent.poll();
        dropped++;
      }
      earlier.signalAll();
    }
  }

  private void publish(Announcement announcement, long nowMillis) {
    Alert alert = announcement.alert();
    byte[] event = event(announcement, true, nowMillis);
    if (event.length > hub.maxPayloadBytes()) {
      LOG.warn(
          "{} of {} is announced without its annotations: {} bytes are more than the hub's"
              + " max_payload",
          alert.rule(),
          alert.source(),
          event.length);
      event = event(announcement, false, nowMillis);
    }
    if (event.length > hub.maxPayloadBytes()) {
      LOG.error(
          "{} of {} cannot be announced: its labels are larger than the hub's max_payload",
          alert.rule(),
          alert.source());
      dropped++;
      return;
    }
    String type = AnnouncementEvent.type(alert);
    try {
      hub.publish(type, null, Headers.of("Nats-Msg-Id", announcement.eventId()), event);
    } catch (IllegalArgumentException e) { // no later try would do better
      LOG.error("{} of {} cannot be announced", alert.rule(), alert.source(), e);
      dropped++;
      return;
    }
    if (alert.firing()) {
      triggered++;
    } else {
      resolved++;
    }
    toNote.add(AlertRows.said(announcement, nowMillis));
  }

  private byte[] event(Announcement announcement, boolean annotations, long nowMillis) {
    out.clear();
    AnnouncementEvent.write(out, announcement, annotations, nowMillis);
    return out.toByteArray();
  }

  private void run() {
    while (true) {
      load();
      lock.lock();
      try {
        if (closed) {
          return;
        }
        advance();
        await();
      } catch (RuntimeException e) {
        LOG.error("a turn of announcing failed", e);
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Waits until something is due, or for no reason: the turn after it looks what there is to do.
   */
  @SuppressWarnings("WaitNotInLoop")
  private void await() {
    long now = clock.millis();
    waitingUntilMillis = Math.min(dispatcher.nextMillis(), now + LONGEST_WAIT_MILLIS);
    if (early != null || !unsent.isEmpty()) {
      waitingUntilMillis = Math.min(waitingUntilMillis, now + RETRY_MILLIS);
    }
    try {
      if (!closed && waitingUntilMillis > now) {
        boolean signalled = earlier.await(waitingUntilMillis - now, TimeUnit.MILLISECONDS);
        LOG.trace("{}", signalled ? "woken" : "due");
      }
    } catch (InterruptedException e) {
      closed = true;
      Thread.currentThread().interrupt();
    }
    waitingUntilMillis = Long.MAX_VALUE;
  }

  /** Reads what lasts, where that was not done yet and can be done now. */
  private void load() {
    if (isReady()) {
      return;
    }
    try {
      List<Row> announced = database.read(Table.ANNOUNCEMENTS, Map.of());
      List<Row> silenced = database.read(Table.SILENCES, Map.of());
      lock.lock();
      try {
        take(announced, silenced);
      } finally {
        lock.unlock();
      }
    } catch (DatabaseUnavailableException e) {
      LOG.warn("alerts are not announced until the database is back: {}", e.getMessage());
    }
  }

  private void take(List<Row> announced, List<Row> silenced) {
    long now = clock.millis();
    for (Row row : announced) {
      if (!row.text("kind").equals(NotedAnnouncement.RESOLVED)) {
        dispatcher.remember(
            row.text("alert_id"),
            row.text("kind"),
            row.optionalTimeMillis("announced_at").orElse(now),
            (int) row.optionalInteger("repeats").orElse(0));
      }
    }
    for (Row row : announced) {
      if (row.text("kind").equals(NotedAnnouncement.RESOLVED)) {
        dispatcher.rememberSettled(row.text("alert_id"));
      }
    }
    List<Silence> silences = new ArrayList<>();
    for (Row row : silenced) {
      try {
        silences.add(AlertRows.silence(row));
      } catch (RuntimeException e) {
        LOG.error("silence {} cannot be read and does not hold", row.text("id"), e);
      }
    }
    carryOut(dispatcher.put(silences, now), now);
    List<Alert> waited = early == null ? List.of() : early;
    early = null;
    carryOut(dispatcher.accept(waited, now), now);
  }

  /** Stops announcing, and notes what was announced. */
  @Override
  public void close() {
    Thread running;
    lock.lock();
    try {
      closed = true;
      running = thread;
      earlier.signalAll();
    } finally {
      lock.unlock();
    }
    if (running != null) {
      try {
        running.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    notes.close();
  }
}
