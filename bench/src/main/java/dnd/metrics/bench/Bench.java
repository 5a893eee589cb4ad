package dnd.metrics.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code dnd-metrics bench}: end-to-end measurements from a process of its own. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures the program from outside; checks its answers before its times count.",
    subcommands = {
      Bench.Ingest.class,
      Bench.Latency.class,
      Bench.Query.class,
      Bench.Chunks.class,
      ClientsBench.class,
      AlertBench.class,
      LimitsBench.class,
      OverloadBench.class,
      RestartBench.class,
      PromqlBench.class,
      SoakBench.class,
      DayBench.class
    })
public final class Bench {
  private Bench() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Bench())
        .setExecutionExceptionHandler((error, line, result) -> {
          line.getErr()
              .println("bench: " + (error.getMessage() == null ? error : error.getMessage()));
          return 1;
        });
  }

  /** What all measurements take. */
  static final class Shared {
    @Option(
        names = "--program",
        description = "the program to measure (default: ${DEFAULT-VALUE})",
        defaultValue = "./dnd-metrics")
    Path program = Path.of("./dnd-metrics");

    @Option(
        names = "--folder",
        description = "where data folders are made and removed (default: ${DEFAULT-VALUE})",
        defaultValue = "target/bench")
    Path folder = Path.of("target/bench");

    @Option(
        names = "--against",
        description =
            "prometheus=URL or victoriametrics=URL: the same load to a peer, in the same run; may be repeated")
    List<String> against = new ArrayList<>();

    @Option(
        names = "--json",
        description = "write the figures to this file, too (default: <folder>/<measurement>.json)")
    @Nullable Path json;

    List<Peer> peers() {
      List<Peer> peers = new ArrayList<>();
      for (String text : against) {
        Peer peer = Peer.parse(text);
        if (peer.answers()) {
          peers.add(peer);
        } else {
          System.err.println(
              "bench: no "
                  + peer.name()
                  + " answers at "
                  + peer.address()
                  + "; the comparison is left out");
        }
      }
      return peers;
    }

    void finish(Report report, String name) throws java.io.IOException {
      report.print(System.out);
      Path file = json == null ? folder.resolve(name + ".json") : json;
      java.nio.file.Files.createDirectories(file.toAbsolutePath().getParent());
      report.write(file);
      System.out.println("written: " + file);
    }
  }

  /** {@code bench ingest}. */
  @Command(
      name = "ingest",
      mixinStandardHelpOptions = true,
      description = "Samples a second, acknowledged after fsync.")
  static final class Ingest implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin Shared shared = new Shared();

    @Option(
        names = "--size",
        description = "SERIESxSAMPLES; may be repeated (default: 10000x360, 100000x120)",
        split = ",")
    List<String> sizes = new ArrayList<>();

    @Option(names = "--connections", defaultValue = "2", description = "default: ${DEFAULT-VALUE}")
    int connections = 2;

    private int inFlight = IngestBench.IN_FLIGHT;

    @Option(
        names = "--in-flight",
        defaultValue = "" + IngestBench.IN_FLIGHT,
        description =
            "events of a connection that wait for their replies at most, 1 to "
                + Pusher.MOST_IN_FLIGHT
                + ": what a reply takes under full load is mostly that, divided by the rate"
                + " (default: ${DEFAULT-VALUE})")
    void setInFlight(int events) {
      if (events < 1 || events > Pusher.MOST_IN_FLIGHT) {
        throw new ParameterException(
            spec.commandLine(),
            "--in-flight: " + events + " is not between 1 and " + Pusher.MOST_IN_FLIGHT);
      }
      inFlight = events;
    }

    @Option(
        names = "--labels",
        defaultValue = "FULL",
        description =
            "FULL: the tags in every metric; SHARED: once in data.labels (default: ${DEFAULT-VALUE})")
    EventTemplate.Form form = EventTemplate.Form.FULL;

    @Option(
        names = "--rules",
        defaultValue = "0",
        description =
            "rules that are loaded and that the events concern (default: ${DEFAULT-VALUE})")
    int rules;

    @Option(
        names = "--warm-up",
        description =
            "the program takes in an hour of 10 000 other series before time counts; else it starts cold")
    boolean warmUp;

    @Option(
        names = "--blocks",
        description = "cut the load into a block afterwards, and measure that; peers likewise")
    boolean blocks;

    @Override
    public Integer call() throws Exception {
      IngestBench bench = new IngestBench(connections, inFlight, form, rules, warmUp, blocks);
      bench.warmGenerator(shared.program, shared.folder);
      Report report =
          new Report(
              "Ingest over the hub, "
                  + connections
                  + " connections with "
                  + inFlight
                  + " events in flight, labels "
                  + form
                  + (warmUp ? ", the program warm" : ", the program cold"));
      List<Peer> peers = shared.peers();
      for (String text : sizes.isEmpty() ? List.of("10000x360", "100000x120") : sizes) {
        String[] parts = text.split("x", 2);
        IngestBench.Size size =
            new IngestBench.Size(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
        DevopsLoad load = bench.loadOfItsOwn(size, System.currentTimeMillis());
        report.add(bench.ours(shared.program, shared.folder, load, size));
        for (Peer peer : peers) {
          report.add(bench.peer(peer, load, size));
          report.addRatio("ingest " + size.title(), "samples/s", "dnd-metrics", peer.name(), true);
        }
      }
      shared.finish(report, "ingest");
      return 0;
    }
  }

  /** {@code bench latency}. */
  @Command(
      name = "latency",
      mixinStandardHelpOptions = true,
      description = "What an event and a query take at a fixed rate.")
  static final class Latency implements Callable<Integer> {
    @Mixin Shared shared = new Shared();

    @Option(
        names = "--rate",
        defaultValue = "1000",
        description = "events of ten samples a second (default: ${DEFAULT-VALUE})")
    int rate = 1000;

    @Option(
        names = "--seconds",
        defaultValue = "30",
        description = "counted, after ten to warm up (default: ${DEFAULT-VALUE})")
    int seconds = 30;

    @Option(
        names = "--rules",
        defaultValue = "0",
        description =
            "rules that are loaded and that the events concern (default: ${DEFAULT-VALUE})")
    int rules;

    @Override
    public Integer call() throws Exception {
      Report report =
          new Report("Latency, %d events/s of 10 samples, %d rules".formatted(rate, rules));
      DevopsLoad hour =
          IngestBench.load(new IngestBench.Size(1_000, 360), System.currentTimeMillis());
      report.add(
          Measured.times(
              "the disk alone: write and force at %d/s".formatted(rate),
              DiskAlone.measure(shared.folder, rate, Math.min(seconds, 10))));
      try (ServerProcess server = ServerProcess.start(shared.program, shared.folder)) {
        new IngestBench(2, EventTemplate.Form.FULL)
            .push(server.hub(), hour, new org.HdrHistogram.Histogram(60_000_000_000L, 3));
        if (rules > 0) {
          RuleLoad.concernedBy(hour, rules).save(server.hub());
        }
        new LatencyBench(server.hub(), rate, seconds, "aaaaaaaa").pushOnly(report);
        new LatencyBench(server.hub(), rate, seconds, "bbbbbbbb").pushAndQuery(hour, report);
        JsonNode figures = RuleLoad.figures(server.hub());
        report.add(
            Measured.of(
                "rules",
                "dnd-metrics",
                "count",
                figures.path("rules").asLong(),
                "evaluated at once",
                figures.path("at_once").asLong(),
                "slots missed",
                figures.path("missed").asLong()));
      }
      shared.finish(report, "latency");
      return 0;
    }
  }

  /** {@code bench query}. */
  @Command(
      name = "query",
      mixinStandardHelpOptions = true,
      description = "Ten dashboard queries over an hour of 10 000 series.")
  static final class Query implements Callable<Integer> {
    @Mixin Shared shared = new Shared();

    @Option(
        names = "--seconds",
        defaultValue = "2",
        description =
            "how long a query is asked and counted, after as long to warm up, all queries first (default: ${DEFAULT-VALUE})")
    double seconds = 2;

    @Option(
        names = "--client",
        defaultValue = "BARE",
        description =
            "BARE: a blocking socket to each system; OFFICIAL: the NATS client for Java, and Java's own"
                + " HTTP client (default: ${DEFAULT-VALUE})")
    QueryClient.Kind client = QueryClient.Kind.BARE;

    @Option(
        names = "--run",
        description = "only queries in whose title this regular expression is found")
    @Nullable Pattern run;

    @Override
    public Integer call() throws Exception {
      Report report = new Report("Dashboard queries over 1 h of 10 000 series, clients " + client);
      DevopsLoad load =
          IngestBench.load(new IngestBench.Size(10_000, 360), System.currentTimeMillis());
      IngestBench ingest = new IngestBench(2, EventTemplate.Form.FULL);
      List<Peer> peers = shared.peers();
      for (Peer peer : peers) {
        ingest.write(peer, load);
      }
      try (ServerProcess server = ServerProcess.start(shared.program, shared.folder)) {
        ingest.push(server.hub(), load, new org.HdrHistogram.Histogram(60_000_000_000L, 3));
        QueryBench bench = new QueryBench(client, (long) (seconds * 1e9), load);
        List<DashboardQuery> queries =
            DashboardQuery.ALL.stream()
                .filter(query -> run == null || run.matcher(query.title()).find())
                .toList();
        measure(bench, server, peers, queries, report);
      }
      shared.finish(report, "query");
      return 0;
    }

    private static void measure(
        QueryBench bench,
        ServerProcess server,
        List<Peer> peers,
        List<DashboardQuery> queries,
        Report report)
        throws Exception {
      List<QueryBench.Asked> systems = new ArrayList<>();
      try {
        systems.add(bench.ours(server.hub()));
        for (Peer peer : peers) {
          systems.add(bench.peer(peer));
        }
        for (DashboardQuery query : queries) {
          for (QueryBench.Asked asked : systems) {
            bench.warmUp(asked, query);
          }
        }
        for (DashboardQuery query : queries) {
          for (QueryBench.Asked asked : systems) {
            report.add(bench.measure(asked, query));
          }
          for (Peer peer : peers) {
            report.addRatio(query.title(), "p50 ms", "dnd-metrics", peer.name(), false);
          }
        }
      } finally {
        for (QueryBench.Asked asked : systems) {
          asked.close();
        }
      }
    }
  }

  /** {@code bench chunks}. */
  @Command(
      name = "chunks",
      mixinStandardHelpOptions = true,
      description = "What float chunks cost, measured inside this process.")
  static final class Chunks implements Callable<Integer> {
    @Mixin Shared shared = new Shared();

    @Override
    public Integer call() throws Exception {
      Report report = new Report("Float chunks of 120 samples");
      new ChunkBench().run(report);
      shared.finish(report, "chunks");
      return 0;
    }
  }
}
