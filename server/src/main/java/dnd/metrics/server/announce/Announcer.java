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
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
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

  /** How long closing waits for a thread that waits for the database. */
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  /** How long requests wait at the start until it is known what they ask for. */
  private static final Duration KNOWN_PATIENCE = Duration.ofSeconds(10);

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

  /** Something of {@link #tablesRead}, {@link #databaseAway} and {@link #speaking} has changed. */
  private final Condition known = lock.newCondition();

  private final Dispatcher dispatcher;
  private final JsonBuffer out = new JsonBuffer(EVENT_BYTES);

  /** What the dispatcher decided, until it is published. */
  private final Queue<Step> unsent;

  /** What was published in this turn. */
  private final List<Change> toNote = new ArrayList<>();

  private boolean tablesRead;
  private boolean databaseAway;

  /** Those whose alerts of before a restart are not known yet. */
  private final Set<Origin> awaited = EnumSet.noneOf(Origin.class);

  /** Whether it is known what was announced formerly, and which alerts of all origins fire. */
  private boolean speaking;

  /** Alerts of before a restart, until {@link #speaking}. */
  private final List<Alert> restored = new ArrayList<>();

  /**
   * What was handed in and the dispatcher has not taken: all until {@link #speaking}, later what
   * found no memory. In its order, since an alert may have begun and ended.
   */
  private final Deque<List<Alert>> arrived = new LinkedBlockingDeque<>();

  private volatile UnaryOperator<Alert> current = UnaryOperator.identity();

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
    this.dispatcher = new Dispatcher(config, alert -> current.apply(alert));
    this.unsent = dispatcher.turn().steps;
    this.notes = new NoteWriter(database);
  }

  /**
   * Says where to ask, before something is said or shown of an alert, for its value and annotations
   * now.
   *
   * @param newCurrent gives an alert that fires as it is now, or as it was where it is not known;
   *     must not block
   */
  public void askForCurrent(UnaryOperator<Alert> newCurrent) {
    current = newCurrent;
  }

  /**
   * Begins to announce, on a thread of its own, which first reads what was announced and which
   * silences there are. Alerts wait for that, also for a database that is away to be back, and
   * until each of {@code origins} has called {@link #restore}: what inhibits others may be of
   * another origin than they are. To be called once.
   */
  public void start(Set<Origin> origins) {
    lock.lock();
    try {
      awaited.addAll(origins);
    } finally {
      lock.unlock();
    }
    thread = Thread.ofPlatform().name("announcer").daemon().start(this::run);
  }

  /**
   * Takes in alerts that began or ceased to fire, or whose annotations or value changed; what is to
   * be announced at once has been published when it returns. To be called once the alerts are
   * durable. Handing in an alert again changes nothing.
   */
  public void accept(List<Alert> alerts) {
    lock.lock();
    try {
      arrived.add(List.copyOf(alerts));
      if (speaking) {
        takeArrived();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The caller holds the lock. */
  private void takeArrived() {
    long now = clock.millis();
    for (List<Alert> alerts = arrived.peek(); alerts != null; alerts = arrived.peek()) {
      try {
        dispatcher.accept(alerts, now);
      } catch (OutOfMemoryError e) {
        throw e; // they are taken in again
      } catch (RuntimeException | Error e) {
        arrived.poll(); // a fault of ours keeps no others from being taken in
        throw e;
      }
      arrived.poll();
      carryOut(now);
    }
  }

  /**
   * To be called before it becomes durable that alerts are over. When this returns, all that was
   * said of them is noted, and nothing more is said until they are handed in; so that after a crash
   * it is known who has to hear that they are over.
   *
   * @throws IOException where it cannot be noted now: nothing may become durable then
   */
  public void prepareEnd(Collection<String> alertIds) throws IOException {
    lock.lock();
    try {
      dispatcher.end(alertIds);
    } finally {
      lock.unlock();
    }
    notes.awaitNoted();
  }

  /**
   * Takes in what an origin knows from before a restart: every alert that fires, and every resolved
   * one that table {@code announcements} does not have with the kind {@code resolved}.
   */
  public void restore(Origin origin, List<Alert> alerts) {
    lock.lock();
    try {
      awaited.remove(origin);
      if (speaking) {
        accept(alerts);
      } else {
        restored.addAll(alerts);
        speakIfAllIsKnown();
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

  /**
   * Whether it is known which silences there are. Waits for it a while, unless the database is
   * away.
   */
  boolean awaitSilences() {
    return awaitKnown(() -> tablesRead);
  }

  /** The same for which alerts of all origins fire, and what was announced of them. */
  boolean awaitAlerts() {
    return awaitKnown(() -> speaking);
  }

  private boolean awaitKnown(BooleanSupplier isKnown) {
    lock.lock();
    try {
      long nanos = KNOWN_PATIENCE.toNanos();
      while (!isKnown.getAsBoolean() && !databaseAway && nanos > 0) {
        nanos = known.awaitNanos(nanos);
      }
      return isKnown.getAsBoolean();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
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
      dispatcher.put(changed, now);
      carryOut(now);
    } finally {
      lock.unlock();
    }
  }

  /** The silences that have begun or ended since this was asked last, as they are now. */
  List<Silence> takeTurnedSilences() {
    lock.lock();
    try {
      Set<String> turned = dispatcher.turn().silences;
      List<Silence> silences = new ArrayList<>();
      for (String id : turned) {
        Silence silence = dispatcher.silences().get(id);
        if (silence != null) { // it is not forgotten
          silences.add(silence);
        }
      }
      turned.clear();
      return silences;
    } finally {
      lock.unlock();
    }
  }

  /** Does what is due by the clock. */
  void advance() {
    lock.lock();
    try {
      if (speaking) {
        takeArrived();
        long now = clock.millis();
        dispatcher.advance(now);
        carryOut(now);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until everything that was announced has been noted. */
  void flushNotes() {
    notes.flush();
  }

  private void carryOut(long nowMillis) {
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
    boolean more = true;
    while (more) {
      try {
        more = attempt();
      } catch (OutOfMemoryError e) { // to say what happened
        more = pauseUnlessClosed();
      }
    }
  }

  private boolean attempt() {
    try {
      load();
      return takeTurn();
    } catch (RuntimeException | Error e) {
      LOG.error("a turn of announcing failed", e);
      return pauseUnlessClosed();
    }
  }

  /** False where nothing is to be announced any more. */
  private boolean takeTurn() {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      advance();
      await();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** What failed may fail again at once. */
  private boolean pauseUnlessClosed() {
    lock.lock();
    try {
      long nanos = TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS);
      while (!closed && nanos > 0) {
        nanos = earlier.awaitNanos(nanos);
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until something is due, or for no reason: the turn after it looks what there is to do.
   */
  @SuppressWarnings("WaitNotInLoop")
  private void await() {
    long now = clock.millis();
    waitingUntilMillis = Math.min(dispatcher.nextMillis(), now + LONGEST_WAIT_MILLIS);
    if (!tablesRead || !unsent.isEmpty() || (speaking && !arrived.isEmpty())) {
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
    if (tablesRead) { // only this thread changes it
      return;
    }
    try {
      List<Row> announced = database.read(Table.ANNOUNCEMENTS, Map.of());
      List<Row> silenced = database.read(Table.SILENCES, Map.of());
      lock.lock();
      try {
        if (!closed) {
          take(announced, silenced);
        }
      } finally {
        lock.unlock();
      }
    } catch (DatabaseUnavailableException e) {
      lock.lock();
      try {
        if (!databaseAway) {
          LOG.warn("alerts are not announced until the database is back: {}", e.getMessage());
        }
        databaseAway = true;
        known.signalAll();
      } finally {
        lock.unlock();
      }
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
    dispatcher.put(silences, now);
    carryOut(now);
    tablesRead = true;
    databaseAway = false;
    speakIfAllIsKnown();
    known.signalAll();
  }

  /** The caller holds the lock. */
  private void speakIfAllIsKnown() {
    if (speaking || !tablesRead || !awaited.isEmpty()) {
      return;
    }
    arrived.addFirst(List.copyOf(restored)); // before what came meanwhile
    restored.clear();
    speaking = true;
    known.signalAll();
    takeArrived();
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
        if (!running.join(CLOSE_PATIENCE)) {
          LOG.debug("the database is still asked what was announced; nothing comes of it any more");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    notes.close();
  }
}
