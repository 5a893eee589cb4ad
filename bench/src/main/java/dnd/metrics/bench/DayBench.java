package dnd.metrics.bench;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench day}: a day of events that is over in minutes, since their times, from a day ago up
 * to now, go by faster than the clock: ranges are cut into blocks, blocks are merged, downsampled,
 * put into an object store and go, series come and go, the service is killed. Every event must be
 * collected, each answer must be right, in the end each sample must be there that did not go, and
 * memory must not have grown.
 */
@Command(
    name = "day",
    mixinStandardHelpOptions = true,
    description =
        "A day of events in minutes, with churn, queries, kill -9: does anything grow or go?")
final class DayBench implements Callable<Integer> {
  private static final int MAX_IN_FLIGHT = 1 << 16;

  /** No rules are broken here. */
  private static final Histogram NO_ALERTS = new Histogram(1);

  /** By then, and so long after a start, the head has been cut several times, and code is warm. */
  private static final double SETTLED_HOURS = 8;

  private static final double SETTLED_AFTER_KILL_HOURS = 4;

  /** In so many all goes that is to go. */
  private static final int WHOLE_HOURS = 24;

  private static final double COMPARED_HOURS = 4;

  /** What memory that no file is behind may have grown by: the heap goes up and down by as much. */
  private static final double MOST_GROWTH = 1.25;

  /** Looked at right after a restart; the rest in the end. */
  private static final int HOURS_AFTER_RESTART = 4;

  /** Of so many metrics it is asked what their windows of five minutes say. */
  private static final int AGGREGATED_METRICS = 2;

  @Mixin Bench.Shared shared = new Bench.Shared();

  @Option(
      names = "--hours",
      defaultValue = "24",
      description = "of the events' times, up to now (default: ${DEFAULT-VALUE})")
  int hours = 24;

  @Option(
      names = "--series",
      defaultValue = "50000",
      description =
          "that are active at a time, with a sample every 20 s; each is replaced after two hours"
              + " (default: ${DEFAULT-VALUE})")
  int series = 50_000;

  @Option(
      names = "--accelerate",
      defaultValue = "120",
      description =
          "how much faster than the clock the events' times go by; SERIES / 20 times as many samples"
              + " are pushed a second (default: ${DEFAULT-VALUE})")
  int factor = 120;

  @Option(
      names = "--backlog",
      description =
          "the service collects its own metrics as of now, too, as it does by itself: the day comes late,"
              + " as from a site that was cut off")
  boolean backlog;

  @Option(
      names = "--kills",
      defaultValue = "3",
      description =
          "how often the service is killed (kill -9) and started again: at random moments before noon, and"
              + " once when all is pushed (default: ${DEFAULT-VALUE})")
  int kills = 3;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "of the moments of the kills (default: ${DEFAULT-VALUE})")
  long seed = 1;

  private final Workers workers = new Workers("day");
  private final EventsInFlight pushes = new EventsInFlight(MAX_IN_FLIGHT, workers);
  private final List<SoakInterval> intervals = new ArrayList<>();
  private final List<Double> restartSeconds = new ArrayList<>();
  private long hoursChecked;
  private long uploadedBlocks;
  private long readBackBytes;
  private long samplesChecked;
  private long samplesByWindows;
  private long samplesShortened;
  private double goneHours;
  private double storedOnlyHours;
  private double bytesPerSample;

  @Override
  public Integer call() throws Exception {
    long now = System.currentTimeMillis();
    DayLoad load = new DayLoad(series, now - TimeUnit.HOURS.toMillis(hours), hours);
    DayQueries queries = new DayQueries(load, pushes);
    DayStorage storage = DayStorage.of(load, hours);
    DayKills deaths = DayKills.of(kills, seed, load, hours);
    String title =
        "Day: %d h at %d times the clock%s, %,d samples/s of %,d series, all replaced every two hours"
            .formatted(
                hours,
                factor,
                backlog ? " as a backlog" : "",
                eventsPerSecond(load) * DevopsLoad.METRICS.size(),
                series);
    Path objects = Files.createTempDirectory(Files.createDirectories(shared.folder), "objects");
    DayPublisher events = new DayPublisher(load, pushes, eventsPerSecond(load));
    ServerProcess server =
        ServerProcess.start(shared.program, shared.folder, configuration(storage, objects));
    try (Writer table = Files.newBufferedWriter(shared.folder.resolve("day.tsv"))) {
      for (long death : deaths.beforeEvents()) {
        live(server, load, queries, events, table, death);
        server = server.restart(shared.program);
        checkRestart(server, load, queries);
      }
      live(server, load, queries, events, table, Long.MAX_VALUE);
      checkAtRest(server, objects, load, storage);
    } finally {
      Files.copy(
          server.log(), shared.folder.resolve("day.log"), StandardCopyOption.REPLACE_EXISTING);
      server.close();
      ServerProcess.removeFolder(objects);
      Files.writeString(shared.folder.resolve("day.svg"), SoakPlot.svg(title, intervals));
    }
    shared.finish(report(title, load, queries, events), "day");
    System.out.println("plot: " + shared.folder.resolve("day.svg"));
    return verdict(deaths.lastHour(load));
  }

  private int eventsPerSecond(DayLoad load) {
    return Math.toIntExact((long) load.hosts() * factor * 1000 / DayLoad.STEP_MILLIS);
  }

  /** The newest sample of all says which ranges are over: the service's own would be of now. */
  private String configuration(DayStorage storage, Path objects) {
    return storage.yaml(objects)
        + (backlog
            ? ""
            : "message_hub: {subscriptions: ['*.metrics.push', '*.metrics.query', '*.metrics.retention', '*.metrics.status']}\n");
  }

  /**
   * Pushes and asks until all is pushed.
   *
   * @param death the service is killed when all events before that one have had their replies
   */
  private void live(
      ServerProcess server,
      DayLoad load,
      DayQueries queries,
      DayPublisher events,
      Writer table,
      long death)
      throws IOException, InterruptedException {
    try (DayLife life = new DayLife(server, workers, pushes, events, queries)) {
      observe(
          new SoakIntervals(server, life.own(), pushes, table, intervals),
          load,
          queries,
          life,
          death);
      if (pushes.acknowledgedAllBefore() < death) {
        pushes.await();
      }
      workers.check();
      ObjectFigures figures = ObjectFigures.of(server.hub());
      uploadedBlocks += figures.uploadedBlocks();
      readBackBytes += figures.fetchedBytes();
      if (pushes.acknowledgedAllBefore() >= death) {
        life.kill();
      }
    }
    workers.check();
  }

  /** An interval after another until all is pushed; what went wrong anywhere ends it. */
  private void observe(
      SoakIntervals observed, DayLoad load, DayQueries queries, DayLife life, long death)
      throws IOException, InterruptedException {
    DayCounts counts = new DayCounts(load, life.counting());
    long before = System.nanoTime();
    while (life.isPublishing() && pushes.acknowledgedAllBefore() < death) {
      LockSupport.parkNanos(50_000_000);
      workers.check();
      if (System.nanoTime() < before + SoakIntervals.NANOS) {
        continue;
      }
      before = System.nanoTime();
      observed.take(
          (load.timeMillis(pushes.acknowledged()) - load.timeMillis(0)) / 60e3,
          queries.hostNanos(),
          queries.sumNanos(),
          NO_ALERTS);
      countHours(load, counts);
    }
  }

  /** Counts one metric in each hour that is just over, a different one each time. */
  private void countHours(DayLoad load, DayCounts counts) throws InterruptedException {
    long known = load.timeMillis(pushes.acknowledgedAllBefore());
    long first = Math.ceilDiv(load.timeMillis(0), DayStorage.HOUR_MILLIS);
    for (long hour = (first + hoursChecked) * DayStorage.HOUR_MILLIS;
        known >= hour + DayStorage.HOUR_MILLIS;
        hour += DayStorage.HOUR_MILLIS) {
      counts.checkHour((int) (hoursChecked++ % DevopsLoad.METRICS.size()), hour);
    }
  }

  /** The first answer, and that all is there that was acknowledged, before anything is pushed. */
  private void checkRestart(ServerProcess server, DayLoad load, DayQueries queries)
      throws IOException, InterruptedException {
    try (HubQueries counting = new HubQueries(server.hub())) {
      queries.askOfAll(counting);
      restartSeconds.add(server.secondsSinceStart());
      ObjectFigures.awaitKnown(server.hub()); // what is older than blocks here can be asked for now
      DayCounts counts = new DayCounts(load, counting);
      long end = load.timeMillis(pushes.acknowledgedAllBefore());
      for (int hour = 1; hour <= HOURS_AFTER_RESTART; hour++) {
        counts.checkHour(hour, end - hour * DayStorage.HOUR_MILLIS);
      }
    }
  }

  /** What is there once the day is over, and blocks are neither made nor merged any more. */
  private void checkAtRest(ServerProcess server, Path objects, DayLoad load, DayStorage storage)
      throws IOException, InterruptedException {
    DayBlocks blocks = DayBlocks.awaitRest(server.blockFolder(), objects);
    boolean isWholeDay = hours >= WHOLE_HOURS;
    storage.check(blocks, isWholeDay, load.timeMillis(0));
    List<BlockOnDisk> all = blocks.all();
    bytesPerSample =
        (double) DayBlocks.bytes(all) / all.stream().mapToLong(BlockOnDisk::samples).sum();
    storedOnlyHours =
        blocks.storedOnly().stream().mapToLong(b -> b.maxMillis() - b.minMillis()).sum() / 3.6e6;
    try (HubQueries counting = new HubQueries(server.hub())) {
      DayCounts counts = new DayCounts(load, counting);
      // Of a day that is too short for a block all is in the head.
      long oldest = all.isEmpty() ? counts.firstHour() : blocks.oldestMillis();
      goneHours = Math.max(0, (oldest - load.timeMillis(0)) / 3.6e6);
      samplesChecked = counts.checkRaw(oldest);
      storage.check(ObjectFigures.of(server.hub()), !blocks.storedOnly().isEmpty());
      counts.checkRawIsGone(0, oldest);
      // Without a block nothing is downsampled either.
      for (int metric = 0; !all.isEmpty() && metric < AGGREGATED_METRICS; metric++) {
        samplesByWindows += counts.checkAggregates(metric);
      }
      samplesShortened = new DayRetention(load, storage).shorten(server.hub(), counts, all);
    }
  }

  /** A row for each two hours, by its medians: flat is what does not change from row to row. */
  private Report report(String title, DayLoad load, DayQueries queries, DayPublisher events) {
    Report report =
        new Report(
            title
                + ("; %,d events, %,d hosts replaced, %,d answers right, of older hours after %.1f ms (p50) and %.1f"
                        + " (p99); %d times killed, the first answer %s s after the start, %,d events pushed"
                        + " again; in the end %,d samples counted and added up exactly, %,d by windows of five"
                        + " minutes, blocks with %.2f bytes a sample, %d put into the object store, %.1f h there only, of"
                        + " which %,d bytes were read while events were pushed, %.1f h gone for want of room, %,d"
                        + " samples of a metric gone by a rule")
                    .formatted(
                        pushes.pushed(),
                        load.replaced(),
                        queries.checked() + hoursChecked,
                        SoakInterval.millis(queries.oldNanos(), 50),
                        SoakInterval.millis(queries.oldNanos(), 99),
                        restartSeconds.size(),
                        restartSeconds.stream().map("%.2f"::formatted).toList(),
                        events.again(),
                        samplesChecked,
                        samplesByWindows,
                        bytesPerSample,
                        uploadedBlocks,
                        storedOnlyHours,
                        readBackBytes,
                        goneHours,
                        samplesShortened));
    for (int hour = 0; hour < hours; hour += 2) {
      List<SoakInterval> some = between(hour, hour + 2);
      if (!some.isEmpty()) {
        report.add(SoakInterval.medians("hours %d to %d".formatted(hour, hour + 2), some));
      }
    }
    return report;
  }

  private List<SoakInterval> between(double fromHour, double toHour) {
    return intervals.stream()
        .filter(each -> each.minute() > 60 * fromHour && each.minute() <= 60 * toHour)
        .toList();
  }

  /**
   * Says whether memory grew, and what was not tried; 1 where either is so.
   *
   * @param lastKillHour memory begins anew with each life: the longest one is judged, the last with
   *     pushes
   */
  private int verdict(double lastKillHour) {
    if (hours >= WHOLE_HOURS && (samplesShortened == 0 || readBackBytes == 0)) {
      System.out.println(
          samplesShortened == 0
              ? "NOTHING WENT by the rule of retention"
              : "NOTHING WAS READ from the object store while events were pushed");
      return 1;
    }
    double settled = Math.max(SETTLED_HOURS, lastKillHour + SETTLED_AFTER_KILL_HOURS);
    if (hours < settled + 2 * COMPARED_HOURS) {
      System.out.printf(
          "whether memory grows is not judged: that takes %.1f hours with these kills%n",
          settled + 2 * COMPARED_HOURS);
      return 0;
    }
    double early =
        SoakInterval.median(
            SoakInterval::anonymousMegabytes, between(settled, settled + COMPARED_HOURS));
    double late =
        SoakInterval.median(
            SoakInterval::anonymousMegabytes, between(hours - COMPARED_HOURS, hours + 1));
    boolean grew = !(late <= MOST_GROWTH * early);
    System.out.printf(
        "memory that no file is behind %s: %.0f MB in hours %.1f to %.1f, %.0f MB in the last %.0f, at most %.0f are allowed%n",
        grew ? "GREW" : "did not grow",
        early,
        settled,
        settled + COMPARED_HOURS,
        late,
        COMPARED_HOURS,
        MOST_GROWTH * early);
    return grew ? 1 : 0;
  }
}
