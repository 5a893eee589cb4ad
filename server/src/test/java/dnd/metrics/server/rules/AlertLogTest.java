package dnd.metrics.server.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.announce.Announcer;
import dnd.metrics.server.announce.route.AlertsConfig;
import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.MemoryDatabase;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.database.UnspeakableError;
import dnd.metrics.server.hub.RecordingHub;
import dnd.metrics.server.model.Labels;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits is added before the log begins, so that it is carried out together. */
class AlertLogTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** A database that does not take everything. */
  private static final class PickyDatabase extends MemoryDatabase {
    /** By the id of the alert; each throws. */
    final Map<String, Runnable> faults = new ConcurrentHashMap<>();

    volatile int mostRows = Integer.MAX_VALUE;

    @Override
    public synchronized void write(List<Change> changes) throws IOException {
      if (changes.size() > mostRows) {
        throw new IllegalArgumentException("a write of " + changes.size() + " rows");
      }
      for (Change change : changes) {
        if (change instanceof Change.Put put) {
          faults.getOrDefault(put.row().text("id"), () -> {}).run();
        }
      }
      super.write(changes);
    }
  }

  private final RecordingHub hub = new RecordingHub(1 << 20);
  private final PickyDatabase database = new PickyDatabase();
  private final Announcer announcer =
      new Announcer(hub, new MemoryDatabase(), AlertsConfig.DEFAULT, InstantSource.system());
  private final AlertLog log = new AlertLog(database, announcer, Labels.empty());
  private PreparedGroup group;

  @BeforeEach
  void begin() throws Exception {
    group =
        TestGroup.prepare(
            """
            groups:
              - name: inn
                rules:
                  - alert: LowAle
                    expr: ale < 5
            """);
    announcer.start(Set.of());
  }

  @AfterEach
  void end() {
    log.close();
    announcer.close();
  }

  /** In one evaluation these begin to fire. */
  private void fire(String... ids) {
    List<AlertChange> changes = new ArrayList<>();
    for (String id : ids) {
      Labels labels = Labels.of("alertname", "LowAle", "severity", "page", "service", id);
      changes.add(
          new AlertChange.Fired(
              AlertInstance.pending(id, labels, Labels.empty(), 3, NOW, "c-" + id).fired(NOW)));
    }
    log.add(group, changes, LogMark.passed());
  }

  private List<String> stored() {
    return database.rows(Table.ALERTS).stream().map(row -> row.text("id")).toList();
  }

  private void awaitAnnounced(String... ids) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(hub.published)
                .extracting(event -> event.data().get("labels").get("service").asString())
                .containsExactlyInAnyOrder(ids));
  }

  @Test
  void onlyStepsThatCannotBeCarriedOutAreLost() {
    database.faults.put(
        "b",
        () -> {
          throw new IllegalStateException("no place for b");
        });
    fire("a");
    fire("b", "b2");
    fire("c", "c2");
    log.start();
    awaitAnnounced("a", "c", "c2");
    assertThat(stored()).containsExactly("a", "c", "c2");
    assertThat(log.lost()).as("those of the evaluation of b").isEqualTo(2);
  }

  @Test
  void anErrorDoesNotEndIt() {
    database.faults.put(
        "b",
        () -> {
          throw new LinkageError("no class for b");
        });
    fire("a");
    fire("b");
    log.start();
    await().atMost(PATIENCE).until(() -> log.lost() == 1);
    fire("b");
    fire("c");
    awaitAnnounced("a", "c");
    assertThat(stored()).containsExactly("a", "c");
    assertThat(log.lost()).isEqualTo(2);
  }

  @Test
  void whatIsTooMuchTogetherIsNotLost() {
    database.mostRows = 3;
    fire("a", "a2");
    fire("b", "b2");
    log.start();
    awaitAnnounced("a", "a2", "b", "b2");
    assertThat(stored()).containsExactly("a", "a2", "b", "b2");
    assertThat(log.lost()).isZero();
  }

  @Test
  void whatMemoryIsMissingForIsTriedAgain() {
    int[] left = {3};
    database.faults.put(
        "b",
        () -> {
          if (left[0]-- > 0) {
            throw new OutOfMemoryError("for now");
          }
        });
    fire("a");
    fire("b");
    log.start();
    awaitAnnounced("a", "b");
    assertThat(log.lost()).isZero();
  }

  @Test
  void whereMemoryIsMissingToSaySoItGoesOn() {
    int[] left = {2};
    database.faults.put(
        "b",
        () -> {
          if (left[0]-- > 0) {
            throw new UnspeakableError();
          }
        });
    fire("a");
    fire("b");
    log.start();
    awaitAnnounced("a", "b");
    assertThat(log.lost()).isZero();
  }

  @Test
  void aDiskThatTakesNothingIsTriedWithOneRow() {
    database.breakDisk(true);
    fire("a", "a2");
    fire("b");
    log.start();
    await().atMost(PATIENCE).until(() -> database.writes().size() >= 3);
    assertThat(database.writes().subList(0, 3)).containsExactly(3, 1, 1);
    assertThat(hub.published).isEmpty();
    database.breakDisk(false);
    awaitAnnounced("a", "a2", "b");
    assertThat(stored()).containsExactly("a", "a2", "b");
  }

  /** Takes no notes until it is released. */
  private static final class HeldDatabase extends MemoryDatabase {
    private final CountDownLatch released = new CountDownLatch(1);

    @Override
    public synchronized void write(List<Change> changes) throws IOException {
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      super.write(changes);
    }
  }

  private static boolean isIn(Thread thread, String method) {
    return Stream.of(thread.getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals(method));
  }

  private static boolean isWaitedForNotes() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(each -> each.getKey().getName().equals("alert-log"))
        .flatMap(each -> Stream.of(each.getValue()))
        .anyMatch(frame -> frame.getMethodName().equals("awaitNoted"));
  }

  @Test
  void thatAnAlertIsOverLastsAfterWhoHeardOfIt() {
    HeldDatabase notes = new HeldDatabase();
    Announcer announcerOfIt =
        new Announcer(hub, notes, AlertsConfig.DEFAULT, InstantSource.system());
    announcerOfIt.start(Set.of());
    AlertLog logOfIt = new AlertLog(database, announcerOfIt, Labels.empty());
    try {
      logOfIt.start();
      Labels labels = Labels.of("alertname", "LowAle", "severity", "page", "service", "a");
      AlertInstance alert =
          AlertInstance.pending("a", labels, Labels.empty(), 3, NOW, "c").fired(NOW);
      logOfIt.add(group, List.of(new AlertChange.Fired(alert)), LogMark.passed());
      logOfIt.add(
          group, List.of(new AlertChange.Resolved(alert.resolved(NOW + 1, "d"))), LogMark.passed());
      await().atMost(PATIENCE).until(AlertLogTest::isWaitedForNotes);
      awaitAnnounced("a");
      assertThat(database.rows(Table.ALERTS).getFirst().text("status")).isEqualTo("firing");
      notes.released.countDown();
      awaitAnnounced("a", "a");
      assertThat(database.rows(Table.ALERTS).getFirst().text("status")).isEqualTo("resolved");
    } finally {
      notes.released.countDown();
      logOfIt.close();
      announcerOfIt.close();
    }
  }

  @Test
  void whatIsAddedMeanwhileIsNotWaitedFor() throws Exception {
    CountDownLatch next = new CountDownLatch(1);
    database.faults.put(
        "b",
        () -> {
          try {
            assertThat(next.await(1, TimeUnit.MINUTES)).isTrue();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    Thread waiting = Thread.currentThread();
    database.faults.put(
        "a",
        () -> {
          await().atMost(PATIENCE).until(() -> isIn(waiting, "awaitUninterruptibly"));
          fire("b");
        });
    fire("a");
    log.start();
    log.flush();
    next.countDown();
    awaitAnnounced("a", "b");
  }
}
