package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Recorder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench soak}: a long time at a fixed rate, with series that come and go, queries and rules.
 * Every event must be collected, every minute's samples must be counted exactly by a query once the
 * minute is over, every broken rule must be announced. Writes what each interval was like as a
 * table and as a plot.
 */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    description = "A long time at a fixed rate with churn, queries and rules: is all flat?")
final class SoakBench implements Callable<Integer> {
  private static final int MAX_IN_FLIGHT = 1 << 18;
  private static final int QUERIES_PER_SECOND = 5;

  @Mixin Bench.Shared shared = new Bench.Shared();

  @Option(
      names = "--rate",
      defaultValue = "200000",
      description = "samples a second (default: ${DEFAULT-VALUE})")
  int rate = 200_000;

  @Option(
      names = "--series",
      defaultValue = "200000",
      description = "series that are active at a time (default: ${DEFAULT-VALUE})")
  int series = 200_000;

  @Option(
      names = "--churn",
      defaultValue = "1",
      description =
          "percent of the series that are replaced each minute (default: ${DEFAULT-VALUE})")
  double churn = 1;

  @Option(
      names = "--rules",
      defaultValue = "100",
      description =
          "rules that the events concern, and that never fire (default: ${DEFAULT-VALUE})")
  int rules = 100;

  @Option(names = "--minutes", defaultValue = "60", description = "default: ${DEFAULT-VALUE}")
  int minutes = 60;

  private final Workers workers = new Workers("soak");
  private final EventsInFlight pushes = new EventsInFlight(MAX_IN_FLIGHT, workers);
  private final Recorder hostQuery = new Recorder(600_000_000_000L, 3);
  private final Recorder sumQuery = new Recorder(600_000_000_000L, 3);
  private final Recorder alert = new Recorder(600_000_000_000L, 3);
  private final List<SoakInterval> intervals = new ArrayList<>();
  private long minutesChecked;
  private volatile boolean done;

  @Override
  public Integer call() throws Exception {
    String title =
        "Soak: %,d samples/s of %,d series, %s %% replaced a minute, %d rules, %d min"
            .formatted(rate, series, churn, rules, minutes);
    SoakLoad load = new SoakLoad(series, System.currentTimeMillis(), minutes + 5);
    try (ServerProcess server = ServerProcess.start(shared.program, shared.folder)) {
      rules().save(server.hub());
      run(server, load);
    } finally {
      Files.writeString(shared.folder.resolve("soak.svg"), SoakPlot.svg(title, intervals));
    }
    shared.finish(report(title, load), "soak");
    System.out.println("plot: " + shared.folder.resolve("soak.svg"));
    return 0;
  }

  /** The probe's rule, then those that the load concerns. */
  private RuleLoad rules() {
    RuleLoad load = new RuleLoad("15s");
    load.add("Probe", "soak_probe > 100");
    for (int i = 0; i < rules; i++) {
      String metric = DevopsLoad.METRICS.get(i % DevopsLoad.METRICS.size());
      load.add("Load" + i, "%s{hostname=~\"host_%d(_.*)?\"} > 1000".formatted(metric, i * 7));
    }
    return load;
  }

  private void run(ServerProcess server, SoakLoad load) throws Exception {
    URI hub = server.hub();
    try (WireConnection publisher = new WireConnection(hub);
        WireConnection prober = new WireConnection(hub)) {
      publisher.subscribe("_INBOX.soak.*", 1);
      workers.start("replies", () -> publisher.readAll(pushes::reply));
      prober.subscribe("alert.triggered", 1);
      prober.subscribe("alert.resolved", 2);
      AtomicLong probeNanos = new AtomicLong();
      AtomicLong announced = new AtomicLong();
      workers.start(
          "alerts",
          () ->
              prober.readAll((sid, token, buffer, offset, length) -> {
                if (sid == 1) {
                  alert.recordValue(Math.max(1, System.nanoTime() - probeNanos.get()));
                }
                announced.incrementAndGet();
              }));
      Thread probes = workers.start("probes", () -> probe(prober, probeNanos, announced));
      Thread queries = workers.start("queries", () -> query(hub));
      Thread publishing = workers.start("publisher", () -> publish(publisher, load));
      try (Writer table = Files.newBufferedWriter(shared.folder.resolve("soak.tsv"));
          OwnReports own = new OwnReports(hub);
          HubQueries counting = new HubQueries(hub)) {
        observe(new SoakIntervals(server, own, pushes, table, intervals), load, counting);
      } finally {
        done = true;
      }
      publishing.join();
      probes.join();
      queries.join();
      pushes.await();
    }
    workers.check();
  }

  private void publish(WireConnection connection, SoakLoad load) throws IOException {
    Pace pace = Pace.fromNow(rate / DevopsLoad.METRICS.size());
    double replacedPerEvent =
        churn / 100 * load.hosts() / 60 / (rate / (double) DevopsLoad.METRICS.size());
    double replacements = 0;
    long number = 0;
    WireBuffer out = new WireBuffer();
    while (!done) {
      pace.await(number);
      long now = System.nanoTime();
      long nowMillis = System.currentTimeMillis();
      out.clear();
      do {
        pushes.pushing(number, pace.dueNanos(number));
        for (replacements += replacedPerEvent; replacements >= 1; replacements--) {
          // A step that shares no factor with a number of hosts of ten's powers: all get their
          // turn.
          load.replace((int) (load.replaced() * 7919 % load.hosts()));
        }
        load.publication(number++, nowMillis, out);
      } while (pace.dueNanos(number) <= now && out.size() < 1 << 20);
      connection.send(out);
      pushes.pushedAllBefore(number);
      if (!pushes.hasRoomFor(number + 4096)) {
        throw new IOException(
            number
                - pushes.acknowledged()
                + " events wait for their replies: the rate is too high");
      }
    }
  }

  /**
   * Twice a second a sample that breaks the rule or heals it, each after the last one's
   * announcement.
   */
  private void probe(WireConnection connection, AtomicLong probeNanos, AtomicLong announced)
      throws IOException, InterruptedException {
    for (int i = 0; !done; i++) {
      boolean breaks = i % 2 == 0;
      String event =
          "{\"type\":\"metrics.push\",\"data\":{\"service\":\"soak\",\"metrics\":[{\"name\":\"soak_probe\",\"type\":\"gauge\",\"value\":%d}]}}"
              .formatted(breaks ? 200 : 0);
      probeNanos.set(System.nanoTime());
      connection.send(
          new WireBuffer()
              .put(
                  ("PUB soak.metrics.push " + event.length() + "\r\n" + event + "\r\n")
                      .getBytes(US_ASCII)));
      long deadline = System.nanoTime() + 30_000_000_000L;
      while (announced.get() <= i) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "alert %s was not announced within 30 s"
                  .formatted(breaks ? "triggered" : "resolved"));
        }
        LockSupport.parkNanos(1_000_000);
      }
      Thread.sleep(500);
    }
  }

  private void query(URI hub) throws IOException, InterruptedException {
    try (HubQueries queries = new HubQueries(hub)) {
      Pace pace = Pace.fromNow(QUERIES_PER_SECOND);
      for (int i = 0; !done; i++) {
        long due = pace.await(i);
        long now = System.currentTimeMillis();
        boolean one = i % 2 == 0;
        DashboardQuery query =
            one
                ? new DashboardQuery(
                    "max_over_time(cpu_usage_user{hostname=\"host_" + i % 100 + "\"}[1m])", 60)
                : new DashboardQuery("sum by (region) (cpu_usage_user)", 0);
        HubQueries.answer(queries.ask(query, one ? now - 3_600_000 : now, now));
        (one ? hostQuery : sumQuery).recordValue(System.nanoTime() - due);
      }
    }
  }

  /** An interval after another; what went wrong anywhere ends it. */
  private void observe(SoakIntervals observed, SoakLoad load, HubQueries counting)
      throws IOException, InterruptedException {
    long started = System.nanoTime();
    long end = started + minutes * 60_000_000_000L;
    long minute = load.firstWholeMinuteMillis();
    long now = started;
    for (long next = started + SoakIntervals.NANOS; now < end; next += SoakIntervals.NANOS) {
      while (System.nanoTime() < next && !workers.hasFailed()) {
        LockSupport.parkNanos(50_000_000);
      }
      workers.check();
      now = System.nanoTime();
      observed.take(
          (now - started) / 60e9,
          hostQuery.getIntervalHistogram(),
          sumQuery.getIntervalHistogram(),
          alert.getIntervalHistogram());
      // A minute is asked for when its last events have certainly had their replies.
      if (System.currentTimeMillis() > minute + 90_000) {
        check(counting, load, minute);
        minute += 60_000;
      }
    }
  }

  /** Counts the samples of a minute that is over, metric by metric. */
  private void check(HubQueries counting, SoakLoad load, long minuteMillis)
      throws InterruptedException {
    long expected = load.samplesOfMetric(minuteMillis);
    for (String metric : DevopsLoad.METRICS) {
      // A range excludes its begin and includes its end, so both are moved by a millisecond.
      double counted =
          counting.number(
              "sum(count_over_time(%s[1m] @ %s))"
                  .formatted(metric, HubQueries.seconds(minuteMillis + 59_999)),
              minuteMillis + 60_000);
      if (counted != expected) {
        throw new IllegalStateException(
            "%s has %.0f samples in the minute from %d, %d were acknowledged"
                .formatted(metric, counted, minuteMillis, expected));
      }
    }
    minutesChecked++;
  }

  /**
   * A row for each sixth of the time, by its medians: flat is what does not change from row to row.
   */
  private Report report(String title, SoakLoad load) {
    Report report =
        new Report(
            title
                + "; %,d events, %,d hosts replaced, %d minutes counted exactly"
                    .formatted(pushes.pushed(), load.replaced(), minutesChecked));
    for (int part = 0; part < 6; part++) {
      List<SoakInterval> some =
          intervals.subList(intervals.size() * part / 6, intervals.size() * (part + 1) / 6);
      if (some.isEmpty()) {
        continue;
      }
      report.add(
          SoakInterval.medians(
              "minutes %.0f to %.0f".formatted(some.getFirst().minute(), some.getLast().minute()),
              some));
    }
    return report;
  }
}
