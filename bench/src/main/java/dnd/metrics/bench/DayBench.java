package dnd.metrics.bench;

import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
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
 * to now, go by faster than the clock: ranges are cut into blocks, blocks are merged and go, series
 * come and go. Every event must be collected, each answer must be right, in the end each sample
 * must be there that did not go, and memory must not have grown.
 */
@Command(
    name = "day",
    mixinStandardHelpOptions = true,
    description = "A day of events in minutes, with churn and queries: does anything grow or go?")
final class DayBench implements Callable<Integer> {
  private static final int MAX_IN_FLIGHT = 1 << 16;
  private static final int BATCH_BYTES = 1 << 18;

  /** No rules are broken here. */
  private static final Histogram NO_ALERTS = new Histogram(1);

  /** By then the head has been cut several times, and all code is warm. */
  private static final double SETTLED_HOURS = 8;

  /** In so many something goes for want of room, and by a rule. */
  private static final int WHOLE_HOURS = 24;

  private static final double COMPARED_HOURS = 4;

  /** What memory that no file is behind may have grown by: the heap goes up and down by as much. */
  private static final double MOST_GROWTH = 1.25;

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

  private final Workers workers = new Workers("day");
  private final EventsInFlight pushes = new EventsInFlight(MAX_IN_FLIGHT, workers);
  private final List<SoakInterval> intervals = new ArrayList<>();
  private long hoursChecked;
  private long samplesChecked;
  private long samplesShortened;
  private double goneHours;
  private double bytesPerSample;

  @Override
  public Integer call() throws Exception {
    long now = System.currentTimeMillis();
    DayLoad load = new DayLoad(series, now - TimeUnit.HOURS.toMillis(hours), hours);
    DayQueries queries = new DayQueries(load, pushes);
    DayRetention retention = new DayRetention(load);
    String title =
        "Day: %d h at %d times the clock%s, %,d samples/s of %,d series, all replaced every two hours"
            .formatted(
                hours,
                factor,
                backlog ? " as a backlog" : "",
                eventsPerSecond(load) * DevopsLoad.METRICS.size(),
                series);
    try (ServerProcess server =
        ServerProcess.start(shared.program, shared.folder, configuration(retention))) {
      run(server, load, queries);
      checkAtRest(server, load, retention);
    } finally {
      Files.writeString(shared.folder.resolve("day.svg"), SoakPlot.svg(title, intervals));
    }
    shared.finish(report(title, load, queries), "day");
    System.out.println("plot: " + shared.folder.resolve("day.svg"));
    return verdict();
  }

  private int eventsPerSecond(DayLoad load) {
    return Math.toIntExact((long) load.hosts() * factor * 1000 / DayLoad.STEP_MILLIS);
  }

  /** The newest sample of all says which ranges are over: the service's own would be of now. */
  private String configuration(DayRetention retention) {
    return retention.yaml()
        + (backlog
            ? ""
            : "message_hub: {subscriptions: ['*.metrics.push', '*.metrics.query', '*.metrics.retention']}\n");
  }

  private void run(ServerProcess server, DayLoad load, DayQueries queries) throws Exception {
    URI hub = server.hub();
    try (WireConnection publisher = new WireConnection(hub);
        OwnReports own = new OwnReports(hub);
        HubQueries counting = new HubQueries(hub);
        Writer table = Files.newBufferedWriter(shared.folder.resolve("day.tsv"))) {
      publisher.subscribe("_INBOX.soak.*", 1);
      workers.start("replies", () -> publisher.readAll(pushes::reply));
      Thread asking = workers.start("queries", () -> queries.run(hub));
      Thread publishing = workers.start("publisher", () -> publish(publisher, load));
      SoakIntervals observed = new SoakIntervals(server, own, pushes, table, intervals);
      try {
        observe(observed, load, queries, counting, publishing);
      } finally {
        queries.end();
      }
      asking.join();
      pushes.await();
    }
    workers.check();
  }

  private void publish(WireConnection connection, DayLoad load) throws IOException {
    Pace pace = Pace.fromNow(eventsPerSecond(load));
    WireBuffer out = new WireBuffer();
    long number = 0;
    while (number < load.events() && !workers.hasFailed()) {
      pace.await(number);
      long now = System.nanoTime();
      out.clear();
      while (number < load.events()
          && pace.dueNanos(number) <= now
          && out.size() < BATCH_BYTES
          && pushes.hasRoomFor(number)) {
        pushes.pushing(number, pace.dueNanos(number));
        load.publication(number++, out);
      }
      if (out.size() == 0) {
        LockSupport.parkNanos(1_000_000); // too many wait for their replies
      }
      connection.send(out);
      pushes.pushedAllBefore(number);
    }
  }

  /** An interval after another until all is pushed; what went wrong anywhere ends it. */
  private void observe(
      SoakIntervals observed,
      DayLoad load,
      DayQueries queries,
      HubQueries counting,
      Thread publishing)
      throws IOException, InterruptedException {
    long before = System.nanoTime();
    long hour = Math.ceilDiv(load.timeMillis(0), 3_600_000L) * 3_600_000L;
    while (publishing.isAlive()) {
      while (System.nanoTime() < before + SoakIntervals.NANOS
          && publishing.isAlive()
          && !workers.hasFailed()) {
        LockSupport.parkNanos(50_000_000);
      }
      workers.check();
      before = System.nanoTime();
      observed.take(
          (load.timeMillis(pushes.acknowledged()) - load.timeMillis(0)) / 60e3,
          queries.hostNanos(),
          queries.sumNanos(),
          NO_ALERTS);
      while (load.timeMillis(pushes.acknowledgedAllBefore()) >= hour + 3_600_000L) {
        check(load, counting, hour);
        hour += 3_600_000L;
      }
    }
  }

  /** Counts one metric in an hour that is just over, a different one each time. */
  private void check(DayLoad load, HubQueries counting, long hour) throws InterruptedException {
    int metric = (int) (hoursChecked++ % DevopsLoad.METRICS.size());
    DayRetention.check(
        counting,
        metric,
        "",
        hour,
        load.total(metric, DevopsLoad.SERVICES, hour, hour + 3_600_000L));
  }

  /** What is there once the day is over, and blocks are neither made nor merged any more. */
  private void checkAtRest(ServerProcess server, DayLoad load, DayRetention retention)
      throws IOException, InterruptedException {
    List<BlockOnDisk> blocks = DayRetention.awaitRest(server);
    retention.checkSize(server);
    bytesPerSample =
        (double) server.blockBytes() / blocks.stream().mapToLong(BlockOnDisk::samples).sum();
    long goneTo = DayRetention.goneToMillis(server);
    goneHours = Math.max(0, ((double) goneTo - load.timeMillis(0)) / 3_600_000);
    try (HubQueries counting = new HubQueries(server.hub())) {
      samplesChecked = retention.checkAll(counting, DevopsLoad.METRICS.size(), goneTo);
      samplesShortened = retention.shorten(server, counting, blocks, goneTo);
    }
  }

  /** A row for each two hours, by its medians: flat is what does not change from row to row. */
  private Report report(String title, DayLoad load, DayQueries queries) {
    Report report =
        new Report(
            title
                + ("; %,d events, %,d hosts replaced, %,d answers right; in the end %,d samples counted and"
                        + " added up exactly, blocks with %.2f bytes a sample, %.1f h gone for want of room, %,d samples of a"
                        + " metric gone by a rule")
                    .formatted(
                        pushes.pushed(),
                        load.replaced(),
                        queries.checked() + hoursChecked,
                        samplesChecked,
                        bytesPerSample,
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

  /** Says whether memory grew, and what was not tried; 1 where either is so. */
  private int verdict() {
    if (hours >= WHOLE_HOURS && (goneHours == 0 || samplesShortened == 0)) {
      System.out.println(
          "NOTHING WENT " + (goneHours == 0 ? "for want of room" : "by the rule of retention"));
      return 1;
    }
    if (hours < SETTLED_HOURS + 2 * COMPARED_HOURS) {
      System.out.println(
          "whether memory grows is not judged: that takes %.0f hours"
              .formatted(SETTLED_HOURS + 2 * COMPARED_HOURS));
      return 0;
    }
    double early =
        SoakInterval.median(
            SoakInterval::anonymousMegabytes,
            between(SETTLED_HOURS, SETTLED_HOURS + COMPARED_HOURS));
    double late =
        SoakInterval.median(
            SoakInterval::anonymousMegabytes, between(hours - COMPARED_HOURS, hours + 1));
    boolean grew = !(late <= MOST_GROWTH * early);
    System.out.println(
        "memory that no file is behind %s: %.0f MB in hours %.0f to %.0f, %.0f MB in the last %.0f, at most %.0f are allowed"
            .formatted(
                grew ? "GREW" : "did not grow",
                early,
                SETTLED_HOURS,
                SETTLED_HOURS + COMPARED_HOURS,
                late,
                COMPARED_HOURS,
                MOST_GROWTH * early));
    return grew ? 1 : 0;
  }
}
