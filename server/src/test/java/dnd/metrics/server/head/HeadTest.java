package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.database.UnspeakableError;
import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadTest {
  static final long NOW = 1_700_000_000_000L;
  private static final SenderId DICE = new SenderId("dice", "d-1");
  private static final Labels ROLLS = Labels.of("__name__", "rolls_total", "service", "dice");
  private static final Labels LUCK = Labels.of("__name__", "luck", "service", "dice");

  @TempDir Path folder;
  Head head;

  @BeforeEach
  void open() throws IOException {
    head = Head.open(folder.resolve("data"), HeadOptions.DEFAULT, ReplayListener.SILENT);
  }

  @AfterEach
  void close() throws IOException {
    head.close();
  }

  /** What happens before the head is closed and opened again. */
  void beforeReopen() throws IOException {}

  private void reopen() throws IOException {
    beforeReopen();
    head.close();
    Reports reports = new Reports();
    head = Head.open(folder.resolve("data"), HeadOptions.DEFAULT, reports);
    assertThat(reports.lines).isEmpty();
  }

  private SenderBatch push(String id) throws IOException {
    return head.sender(DICE).begin(EventKind.PUSH, id, NOW);
  }

  private SenderBatch report(String id) throws IOException {
    return head.sender(DICE).begin(EventKind.REPORT, id, NOW);
  }

  private static long commit(SenderBatch batch) throws IOException {
    CommitLatch done = new CommitLatch();
    long sequence = batch.commit(done);
    batch.close();
    done.await();
    return sequence;
  }

  private HeadSeries find(Labels labels) {
    List<Matcher> matchers = new ArrayList<>();
    labels.forEach((n, v) -> matchers.add(Matcher.equal(n, v)));
    List<HeadSeries> found = head.select(matchers, Long.MIN_VALUE, Long.MAX_VALUE);
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  /** Whoever waits, when memory is missing to make the note for those who watch. */
  private static final class WithoutMemory implements CommitCallback {
    final List<String> failures = new ArrayList<>();

    @Override
    public String correlationId() {
      throw new UnspeakableError();
    }

    @Override
    public void committed() {
      throw new AssertionError("it is not in the log");
    }

    @Override
    public void failed(IOException reason) {
      failures.add(String.valueOf(reason.getMessage()));
    }
  }

  @Test
  void anEventWithoutMemoryForTheLogIsRefusedAndTakenInOnceWhenItIsSentAgain() throws IOException {
    List<AppendedEvents> told = new CopyOnWriteArrayList<>();
    try (SeriesWatch watch =
        head.watch(List.of(List.of(Matcher.equal("service", "dice"))), told::add)) {
      WithoutMemory waiting = new WithoutMemory();
      try (SenderBatch batch = push("e1")) {
        batch.addDelta(batch.resolve(ROLLS), NOW, 3);
        assertThat(batch.commit(waiting)).isEqualTo(SenderBatch.NO_PLACE);
      }
      assertThat(waiting.failures)
          .containsExactly("memory is missing for the event's record in the log");
      SenderBatch again = push("e1");
      assertThat(again.isDuplicate()).isTrue();
      long sequence = commit(again);
      assertThat(sequence).isPositive();
      SenderBatch next = push("e2");
      next.addDelta(next.resolve(ROLLS), NOW + 2_000, 4);
      assertThat(commit(next)).isGreaterThan(sequence);
      assertThat(head.sender(DICE).samplesAppended()).isEqualTo(2);
      CommitLatch watched = new CommitLatch();
      head.whenDurable(watched);
      watched.await();
    }
    assertThat(told.stream().mapToLong(AppendedEvents::oldestMillis).min()).hasValue(NOW);
    List<String> samples = Samples.of(find(ROLLS));
    assertThat(samples).hasSize(2).last().isEqualTo(NOW + 2_000 + "=7.0");
    reopen();
    assertThat(Samples.of(find(ROLLS))).isEqualTo(samples);
    SenderBatch afterwards = push("e1");
    assertThat(afterwards.isDuplicate()).isTrue();
    commit(afterwards);
  }

  @Test
  void labelsAreGivenInPartsAsInWhole() throws IOException {
    Labels labels = Labels.of("__name__", "x", "host", "h1", "region", "r1", "zone", "z1");
    SenderBatch batch = push("e1");
    for (Labels each : List.of(labels, Labels.of("host", "h1"), Labels.empty())) {
      HeadSeries series = batch.resolve(each);
      assertThat(series.labels()).isEqualTo(each);
      assertThat(series.newLabelBytes()).isGreaterThanOrEqualTo(each.heapBytes());
      for (List<String> names :
          List.of(
              List.<String>of(),
              List.of("__name__"),
              List.of("region", "host", "none"),
              List.of("zone", "region", "__name__", "host"))) {
        assertThat(series.keep(names)).isEqualTo(each.keep(names));
        assertThat(series.without(names)).isEqualTo(each.without(names));
        names.forEach(name -> assertThat(series.label(name)).isEqualTo(each.get(name)));
      }
    }
    commit(batch);
  }

  @Test
  void aSearchTellsWhatItFindsAndEndsWhereThatIsTooMuch() throws IOException {
    SenderBatch batch = push("e1");
    for (int i = 0; i < 5000; i++) {
      HeadSeries series = batch.resolve(Labels.of("__name__", "x", "id", "" + i));
      batch.append(series, NOW, i);
    }
    commit(batch);
    List<Matcher> matchers = List.of(Matcher.equal("__name__", "x"));
    List<Series> told = new ArrayList<>();
    assertThat(head.select(matchers, NOW, NOW, upTo(Integer.MAX_VALUE, told)))
        .hasSize(5000)
        .isEqualTo(told);
    told.clear();
    assertThatThrownBy(() -> head.select(matchers, NOW, NOW, upTo(2000, told)))
        .hasMessage("enough");
    assertThat(told).hasSize(2000);
  }

  private static SearchProgress upTo(int most, List<Series> told) {
    return new SearchProgress() {
      @Override
      public void check() {}

      @Override
      public void found(Series series) {
        if (told.size() == most) {
          throw new IllegalStateException("enough");
        }
        told.add(series);
      }
    };
  }

  @Test
  void keepsSamplesOverARestart() throws IOException {
    SenderBatch batch = push("e1");
    HeadSeries series = batch.resolve(ROLLS);
    assertThat(series).isNotNull();
    assertThat(series.isEmpty()).isTrue();
    for (int i = 0; i < 500; i++) {
      assertThat(batch.append(series, NOW + i, i * 0.5)).isEqualTo(AppendOutcome.ACCEPTED);
    }
    assertThat(series.isEmpty()).isFalse();
    assertThat(commit(batch)).isEqualTo(1);
    List<String> before = Samples.of(find(ROLLS));
    assertThat(before).hasSize(500).startsWith(NOW + "=0.0", (NOW + 1) + "=0.5");
    reopen();
    assertThat(Samples.of(find(ROLLS))).isEqualTo(before);
    assertThat(Samples.of(find(ROLLS), NOW + 100, NOW + 102))
        .containsExactly((NOW + 100) + "=50.0", (NOW + 101) + "=50.5", (NOW + 102) + "=51.0");
    assertThat(head.status().lastSequence()).isEqualTo(1);
    batch = push("e2");
    assertThat(batch.resolve(ROLLS).isEmpty()).isFalse();
    assertThat(commit(batch)).isEqualTo(2);
  }

  @Test
  void tellsDuplicatesConflictsAndLateSamples() throws IOException {
    SenderBatch batch = push(null);
    HeadSeries series = batch.resolve(ROLLS);
    long window = HeadOptions.DEFAULT.outOfOrderWindow().toMillis();
    long future = HeadOptions.DEFAULT.futureTolerance().toMillis();
    assertThat(batch.append(series, NOW, 1)).isEqualTo(AppendOutcome.ACCEPTED);
    assertThat(batch.append(series, NOW, 1)).isEqualTo(AppendOutcome.DUPLICATE);
    assertThat(batch.append(series, NOW, 2)).isEqualTo(AppendOutcome.CONFLICT);
    assertThat(batch.append(series, NOW - 10, 3)).isEqualTo(AppendOutcome.ACCEPTED);
    assertThat(batch.append(series, NOW - 10, 3)).isEqualTo(AppendOutcome.DUPLICATE);
    assertThat(batch.append(series, NOW - 10, 4)).isEqualTo(AppendOutcome.CONFLICT);
    assertThat(batch.append(series, NOW - window, 5)).isEqualTo(AppendOutcome.ACCEPTED);
    assertThat(batch.append(series, NOW - window - 1, 6)).isEqualTo(AppendOutcome.TOO_OLD);
    assertThat(batch.append(series, NOW + future + 1, 7)).isEqualTo(AppendOutcome.TOO_NEW);
    assertThat(batch.append(series, NOW + 1, Double.NaN)).isEqualTo(AppendOutcome.ACCEPTED);
    assertThat(batch.append(series, NOW + 1, Double.NaN)).isEqualTo(AppendOutcome.DUPLICATE);
    commit(batch);
    List<String> expected =
        List.of(
            (NOW - window) + "=5.0",
            (NOW - 10) + "=3.0",
            NOW + "=1.0",
            (NOW + 1) + "=" + Samples.text(Double.NaN));
    assertThat(Samples.of(find(ROLLS))).isEqualTo(expected);
    reopen();
    assertThat(Samples.of(find(ROLLS))).isEqualTo(expected);
  }

  @Test
  void anEventIsTakenInOnce() throws IOException {
    SenderBatch batch = push("id");
    assertThat(batch.isDuplicate()).isFalse();
    batch.addDelta(batch.resolve(ROLLS), NOW, 3);
    long sequence = commit(batch);
    for (int i = 0; i < 2; i++) {
      batch = push("id");
      assertThat(batch.isDuplicate()).isTrue();
      assertThat(commit(batch)).isEqualTo(sequence);
      reopen();
    }
    assertThat(Samples.of(find(ROLLS))).containsExactly(NOW + "=3.0");
    try (SenderBatch other =
        head.sender(new SenderId("dice", "d-2")).begin(EventKind.PUSH, "id", NOW)) {
      assertThat(other.isDuplicate()).isFalse();
    }
  }

  @Test
  void runningTotalsGoOnOverARestart() throws IOException {
    SenderBatch batch = push(null);
    HeadSeries series = batch.resolve(ROLLS);
    batch.append(series, NOW - 60_000, 0);
    batch.addDelta(series, NOW, 3);
    batch.addDelta(series, NOW, 4);
    batch.addDelta(series, NOW - 5, 1);
    assertThat(batch.addDelta(series, NOW, -1)).isEqualTo(AppendOutcome.INVALID);
    assertThat(batch.addDelta(series, NOW, Double.NaN)).isEqualTo(AppendOutcome.INVALID);
    commit(batch);
    assertThat(Samples.of(series)).containsExactly((NOW - 60_000) + "=0.0", NOW + "=8.0");
    reopen();
    batch = push(null);
    series = batch.resolve(ROLLS);
    batch.addDelta(series, NOW + 999, 1);
    commit(batch);
    assertThat(Samples.of(series)).containsExactly((NOW - 60_000) + "=0.0", (NOW + 999) + "=9.0");
    batch = push(null);
    batch.addDelta(series, NOW + 1_000, 1);
    batch.addDelta(series, NOW + 5_000, 0.5);
    commit(batch);
    List<String> expected =
        List.of(
            (NOW - 60_000) + "=0.0",
            (NOW + 999) + "=9.0",
            (NOW + 1_000) + "=10.0",
            (NOW + 5_000) + "=10.5");
    assertThat(Samples.of(series)).isEqualTo(expected);
    reopen();
    assertThat(Samples.of(find(ROLLS))).isEqualTo(expected);
  }

  @Test
  void aWholeValueEndsARunningTotal() throws IOException {
    SenderBatch batch = push(null);
    HeadSeries series = batch.resolve(ROLLS);
    batch.addDelta(series, NOW, 3);
    assertThat(batch.append(series, NOW, 3)).isEqualTo(AppendOutcome.CONFLICT);
    assertThat(batch.append(series, NOW + 5, 100)).isEqualTo(AppendOutcome.ACCEPTED);
    assertThat(batch.addDelta(series, NOW + 6, 1)).isEqualTo(AppendOutcome.ACCEPTED);
    commit(batch);
    List<String> expected = List.of(NOW + "=3.0", (NOW + 5) + "=100.0", (NOW + 6) + "=101.0");
    assertThat(Samples.of(series)).isEqualTo(expected);
    reopen();
    assertThat(Samples.of(find(ROLLS))).isEqualTo(expected);
  }

  @Test
  void whatWasAcceptedIsThereAfterAStartWithASmallerWindow() throws IOException {
    HeadOptions options = HeadOptions.DEFAULT;
    head.close();
    head =
        Head.open(
            folder.resolve("data"),
            new HeadOptions(
                Duration.ofHours(24),
                options.futureTolerance(),
                options.seriesLimitPerService(),
                options.senderLimitPerService(),
                options.segmentBytes(),
                options.checkpointBytes()),
            ReplayListener.SILENT);
    long late = NOW - Duration.ofHours(6).toMillis();
    SenderBatch batch = push(null);
    HeadSeries luck = batch.resolve(LUCK);
    HeadSeries seconds = batch.resolve(Labels.of("__name__", "seconds", "service", "dice"));
    for (long time : new long[] {NOW, late}) {
      assertThat(batch.append(luck, time, 1)).isEqualTo(AppendOutcome.ACCEPTED);
      assertThat(batch.observe(seconds, time, 1)).isEqualTo(AppendOutcome.ACCEPTED);
    }
    commit(batch);
    Map<Labels, List<String>> before = Samples.of(head);
    assertThat(before.values()).contains(List.of(late + "=1.0", NOW + "=1.0"));
    reopen();
    assertThat(Samples.of(head)).isEqualTo(before);
  }

  @Test
  void whatAReportLacksGoesStale() throws IOException {
    String stale = "=" + Samples.text(dnd.metrics.server.model.StaleMarker.VALUE);
    SenderBatch batch = report(null);
    batch.append(batch.resolve(ROLLS), NOW, 1);
    batch.append(batch.resolve(LUCK), NOW, 2);
    commit(batch);
    reopen();
    batch = push(null); // says nothing of what is missing
    batch.append(batch.resolve(ROLLS), NOW + 1, 2);
    commit(batch);
    batch = report(null);
    batch.append(batch.resolve(ROLLS), NOW + 10, 3);
    commit(batch);
    List<String> luck = List.of(NOW + "=2.0", (NOW + 10) + stale);
    assertThat(Samples.of(find(LUCK))).isEqualTo(luck);
    reopen();
    assertThat(Samples.of(find(LUCK))).isEqualTo(luck);
    batch = report(null); // the very same sample again: the series is there nevertheless
    assertThat(batch.append(batch.resolve(ROLLS), NOW + 10, 3)).isEqualTo(AppendOutcome.DUPLICATE);
    commit(batch);
    reopen();
    batch = report(null); // nothing at all
    commit(batch);
    assertThat(Samples.of(find(ROLLS)))
        .containsExactly(NOW + "=1.0", (NOW + 1) + "=2.0", (NOW + 10) + "=3.0", (NOW + 11) + stale);
    assertThat(Samples.of(find(LUCK))).isEqualTo(luck);
  }

  /** A series may have been in what was refused; what the next report lacks has ended. */
  @Test
  void aReportOfWhichSomethingWasRefusedEndsNothing() throws IOException {
    String stale = "=" + Samples.text(dnd.metrics.server.model.StaleMarker.VALUE);
    SenderBatch batch = report(null);
    batch.append(batch.resolve(ROLLS), NOW, 1);
    batch.append(batch.resolve(LUCK), NOW, 2);
    commit(batch);
    batch = report(null);
    batch.append(batch.resolve(ROLLS), NOW + 10, 3);
    batch.noteRefused();
    commit(batch);
    assertThat(Samples.of(find(LUCK))).containsExactly(NOW + "=2.0");
    reopen();
    assertThat(Samples.of(find(LUCK))).containsExactly(NOW + "=2.0");
    batch = report(null);
    batch.append(batch.resolve(ROLLS), NOW + 20, 4);
    commit(batch);
    assertThat(Samples.of(find(LUCK))).containsExactly(NOW + "=2.0", (NOW + 20) + stale);
  }

  @Test
  void allSeriesOfASenderThatIsGoneGoStale() throws IOException {
    String stale = "=" + Samples.text(dnd.metrics.server.model.StaleMarker.VALUE);
    SenderBatch batch = report(null);
    batch.append(batch.resolve(LUCK), NOW, 2);
    commit(batch);
    batch = push(null);
    HeadSeries rolls = batch.resolve(ROLLS);
    batch.append(rolls, NOW + 5, 3);
    HeadSeries added = batch.resolve(Labels.of("__name__", "added_total", "service", "dice"));
    batch.addDelta(added, NOW - 5, 4);
    HeadSeries seconds = batch.resolve(Labels.of("__name__", "seconds", "service", "dice"));
    batch.observe(seconds, NOW - 4, 1);
    HeadSeries refused = batch.resolve(Labels.of("__name__", "refused", "service", "dice"));
    batch.append(refused, NOW + 86_400_000, 1);
    commit(batch);
    SenderBatch others = head.sender(new SenderId("dice", "b")).begin(EventKind.PUSH, null, NOW);
    Labels other = Labels.of("__name__", "other_total", "service", "dice", "instance", "b");
    others.append(others.resolve(other), NOW, 7);
    commit(others);
    reopen(); // who made which series is known again
    commit(head.sender(DICE).begin(EventKind.END, "gone", NOW));
    for (int i = 0; i < 2; i++) {
      assertThat(Samples.of(find(LUCK))).containsExactly(NOW + "=2.0", (NOW + 1) + stale);
      assertThat(Samples.of(find(ROLLS))).containsExactly((NOW + 5) + "=3.0", (NOW + 6) + stale);
      assertThat(Samples.of(find(added.labels()))).containsExactly((NOW - 5) + "=4.0", NOW + stale);
      assertThat(Samples.of(find(seconds.labels()))).hasSize(2);
      assertThat(find(seconds.labels()).isStale()).isTrue();
      assertThat(find(refused.labels()).isEmpty()).isTrue();
      assertThat(Samples.of(find(other))).containsExactly(NOW + "=7.0");
      reopen();
    }
    commit(head.sender(DICE).begin(EventKind.END, "gone", NOW)); // a retry
    commit(head.sender(DICE).begin(EventKind.END, "again", NOW + 60_000)); // nothing is left to end
    assertThat(Samples.of(find(LUCK))).hasSize(2);
    batch = push(null); // it comes back
    batch.append(batch.resolve(LUCK), NOW + 10, 1);
    commit(batch);
    assertThat(Samples.of(find(LUCK)))
        .containsExactly(NOW + "=2.0", (NOW + 1) + stale, (NOW + 10) + "=1.0");
  }

  @Test
  void aBatchThatIsNotCommittedIsLoggedWithoutItsId() throws IOException {
    try (SenderBatch batch = push("id")) {
      batch.append(batch.resolve(ROLLS), NOW, 1);
    }
    reopen();
    assertThat(Samples.of(find(ROLLS))).containsExactly(NOW + "=1.0");
    SenderBatch batch = push("id");
    assertThat(batch.isDuplicate()).isFalse();
    commit(batch);
  }

  @Test
  void aServiceHasOnlySoManySeries() throws IOException {
    head.close();
    head =
        Head.open(
            folder.resolve("data"),
            HeadOptions.DEFAULT.withSeriesLimitPerService(2),
            ReplayListener.SILENT);
    SenderBatch batch = push(null);
    assertThat(batch.resolve(ROLLS)).isNotNull();
    assertThat(batch.resolve(LUCK)).isNotNull();
    assertThat(batch.resolve(Labels.of("a", "b"))).isNull();
    assertThat(batch.rejection()).isEqualTo(SeriesRejection.SERIES_LIMIT);
    assertThat(batch.resolve(ROLLS)).isNotNull();
    batch.close();
    try (SenderBatch other =
        head.sender(new SenderId("combat", "")).begin(EventKind.PUSH, null, NOW)) {
      assertThat(other.resolve(Labels.of("a", "b"))).isNotNull();
      assertThat(other.resolve(ROLLS)).isNull();
      assertThat(other.rejection()).isEqualTo(SeriesRejection.OTHER_SENDER);
    }
  }

  @Test
  void aServiceHasOnlySoManySenders() throws IOException {
    SenderId second = new SenderId("dice", "d-2");
    SenderId third = new SenderId("dice", "d-3");
    openWithSenders(2);
    commit(push("first"));
    commit(head.sender(second).begin(EventKind.PUSH, "first", NOW));
    assertThatThrownBy(() -> head.sender(third))
        .isInstanceOf(SenderLimitException.class)
        .hasMessageContainingAll("service dice", "has 2 instances", "limits.senders_per_service");
    commit(push("known"));
    assertThat(head.sender(new SenderId("combat", "")).id().service()).isEqualTo("combat");
    openWithSenders(1); // what was judged when it came is not judged again
    assertThat(head.senders()).extracting(SenderStatus::id).contains(DICE, second);
    commit(head.sender(second).begin(EventKind.PUSH, "known", NOW));
    try (SenderBatch again = push("known")) {
      assertThat(again.isDuplicate()).isTrue();
    }
    assertThatThrownBy(() -> head.sender(third)).isInstanceOf(SenderLimitException.class);
  }

  private void openWithSenders(int limit) throws IOException {
    beforeReopen();
    head.close();
    HeadOptions options = HeadOptions.DEFAULT.withSenderLimitPerService(limit);
    head = Head.open(folder.resolve("data"), options, ReplayListener.SILENT);
  }

  @Test
  void answersDiscovery() throws IOException {
    SenderBatch batch = push(null);
    batch.append(batch.resolve(ROLLS), NOW, 1);
    batch.append(batch.resolve(LUCK), NOW - 10_000, 2);
    batch.metadata("luck", new MetricMetadata("gauge", "How lucky.", ""));
    commit(batch);
    List<Matcher> none = List.of();
    List<Matcher> luck = List.of(Matcher.equal("__name__", "luck"));
    assertThat(head.labelNames(none, 0, NOW)).containsExactly("__name__", "service");
    assertThat(head.labelValues("__name__", none, 0, NOW)).containsExactly("luck", "rolls_total");
    assertThat(head.labelValues("__name__", none, NOW, NOW)).containsExactly("rolls_total");
    assertThat(head.labelValues("__name__", luck, 0, NOW)).containsExactly("luck");
    assertThat(head.select(luck, NOW - 9_999, NOW)).isEmpty();
    reopen();
    assertThat(head.metadata())
        .containsExactly(
            java.util.Map.entry("luck", new MetricMetadata("gauge", "How lucky.", "")));
    HeadStatus status = head.status();
    assertThat(status.series()).isEqualTo(2);
    assertThat(status.senders()).isEqualTo(1);
    assertThat(status.minMillis()).isEqualTo(NOW - 10_000);
    assertThat(status.maxMillis()).isEqualTo(NOW);
    assertThat(status.unavailable()).isNull();
  }

  /** What the head had and the log had not would never get there: it is no news any more. */
  @Test
  void metadataThatCannotBeToldOfIsInTheLog() throws IOException {
    MetricMetadata said = new MetricMetadata("gauge", "How lucky.", "");
    head.watchMetadata(metric -> {
      throw new OutOfMemoryError("of the test");
    });
    try (SenderBatch batch = push(null)) {
      assertThatThrownBy(() -> batch.metadata("luck", said)).hasMessage("of the test");
    }
    head.watchMetadata(metric -> {});
    try (SenderBatch again = push(null)) {
      again.metadata("luck", said);
      again.commit(new CommitLatch());
    }
    reopen();
    assertThat(head.metadata()).containsOnlyKeys("luck");
  }

  @Test
  void refusesAFolderThatIsInUseOrNotOurs() throws IOException {
    assertThatThrownBy(
            () -> Head.open(folder.resolve("data"), HeadOptions.DEFAULT, ReplayListener.SILENT))
        .isInstanceOf(DataFolderException.class)
        .hasMessageContaining("in use by another process (pid " + ProcessHandle.current().pid());
    Path foreign = Files.createDirectories(folder.resolve("photos"));
    Files.writeString(foreign.resolve("cat.jpg"), "miaow");
    assertThatThrownBy(() -> Head.open(foreign, HeadOptions.DEFAULT, ReplayListener.SILENT))
        .isInstanceOf(DataFolderException.class)
        .hasMessageContaining("not a data folder of dnd-metrics")
        .hasMessageContaining("cat.jpg");
    assertThat(foreign).isDirectoryContaining(p -> p.endsWith("cat.jpg"));
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> Head.open(file, HeadOptions.DEFAULT, ReplayListener.SILENT))
        .isInstanceOf(DataFolderException.class)
        .hasMessageContaining("not a folder");
    Path later = Files.createDirectories(folder.resolve("later"));
    Files.writeString(later.resolve("FORMAT"), "dnd-metrics data, format 9\n");
    assertThatThrownBy(() -> Head.open(later, HeadOptions.DEFAULT, ReplayListener.SILENT))
        .isInstanceOf(DataFolderException.class)
        .hasMessageContaining("another version");
  }

  @Test
  void refusesMisuse() throws IOException {
    Sender sender = head.sender(DICE);
    SenderBatch batch = sender.begin(EventKind.PUSH, null, NOW);
    assertThatThrownBy(() -> sender.begin(EventKind.PUSH, null, NOW))
        .isInstanceOf(IllegalStateException.class);
    HeadSeries series = batch.resolve(ROLLS);
    commit(batch);
    assertThatThrownBy(() -> batch.append(series, NOW, 1))
        .isInstanceOf(IllegalStateException.class);
    head.close();
    assertThatThrownBy(() -> sender.begin(EventKind.PUSH, null, NOW))
        .isInstanceOf(HeadUnavailableException.class);
  }

  @Test
  void observationsGoOnOverARestart() throws IOException {
    SenderBatch batch = push(null);
    HeadSeries series = batch.resolve(LUCK);
    batch.observe(series, NOW, 1);
    batch.observe(series, NOW, 2);
    batch.observe(series, NOW - 10, 3);
    assertThat(batch.observe(series, NOW, Double.NaN)).isEqualTo(AppendOutcome.INVALID);
    commit(batch);
    assertThat(Samples.of(series)).containsExactly(NOW + "=h3/6.0");
    reopen();
    assertThat(Samples.of(find(LUCK))).containsExactly(NOW + "=h3/6.0");
    batch = push(null);
    for (int i = 1; i <= 300; i++) {
      batch.observe(batch.resolve(LUCK), NOW + i * 1000L, 1);
    }
    commit(batch);
    List<String> before = Samples.of(find(LUCK));
    assertThat(before)
        .hasSize(301)
        .startsWith(NOW + "=h3/6.0", (NOW + 1000) + "=h4/7.0")
        .endsWith((NOW + 300_000) + "=h303/306.0");
    reopen();
    assertThat(Samples.of(find(LUCK))).isEqualTo(before);
  }

  @Test
  void keepsHistogramsInAndOutOfOrder() throws IOException {
    SenderBatch batch = report(null);
    HeadSeries series = batch.resolve(LUCK);
    assertThat(batch.append(series, NOW, histogram(2))).isEqualTo(AppendOutcome.ACCEPTED);
    assertThat(batch.append(series, NOW, histogram(2))).isEqualTo(AppendOutcome.DUPLICATE);
    assertThat(batch.append(series, NOW, histogram(3))).isEqualTo(AppendOutcome.CONFLICT);
    assertThat(batch.append(series, NOW, 3)).isEqualTo(AppendOutcome.CONFLICT);
    assertThat(batch.append(series, NOW + 20, histogram(4))).isEqualTo(AppendOutcome.ACCEPTED);
    assertThat(batch.append(series, NOW + 10, histogram(3))).isEqualTo(AppendOutcome.ACCEPTED);
    assertThat(batch.append(series, NOW + 10, histogram(3))).isEqualTo(AppendOutcome.DUPLICATE);
    assertThat(batch.append(series, NOW + 15, 7)).isEqualTo(AppendOutcome.ACCEPTED);
    commit(batch);
    batch = report(null);
    commit(batch);
    List<String> expected =
        List.of(
            NOW + "=h2/1.5",
            (NOW + 10) + "=h3/1.5",
            (NOW + 15) + "=7.0",
            (NOW + 20) + "=h4/1.5",
            (NOW + 21) + "=stale");
    assertThat(Samples.of(find(LUCK))).isEqualTo(expected);
    reopen();
    assertThat(Samples.of(find(LUCK))).isEqualTo(expected);
  }

  private static Histogram histogram(int count) {
    return Histogram.builder()
        .schema(1)
        .zeroThreshold(0.001)
        .count(count)
        .sum(1.5)
        .positive(Buckets.contiguous(0, count))
        .build();
  }
}
