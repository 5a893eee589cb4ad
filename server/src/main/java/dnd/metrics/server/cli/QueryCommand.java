package dnd.metrics.server.cli;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.Durations;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.QueryEvent;
import dnd.metrics.server.terminal.Answer;
import dnd.metrics.server.terminal.AnswerCollector;
import dnd.metrics.server.terminal.AnswerCsv;
import dnd.metrics.server.terminal.AnswerJson;
import dnd.metrics.server.terminal.AnswerTable;
import dnd.metrics.server.terminal.Graph;
import dnd.metrics.server.terminal.NotJsonException;
import dnd.metrics.server.terminal.PlainJson;
import dnd.metrics.server.terminal.QueryRefusedException;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code query}: asks PromQL over the hub and prints the answer. */
@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    description = {
      "Evaluates PromQL and prints the answer.",
      "",
      "Without --start, --end, --since or --graph it is an instant query. Times are RFC 3339, a"
          + " date, Unix seconds, now, or so long ago: now-1h, 1h.",
      "",
      "Examples:",
      "  dnd-metrics query 'sum by (service) (rate(http_requests_total[5m]))'",
      "  dnd-metrics query 'cpu_usage_user{host=\"a\"}' --since 1h --graph",
      "  dnd-metrics query 'rate(dice_rolled_total[1m])' --live --graph"
    })
final class QueryCommand implements Callable<Integer> {
  /** How an answer is printed. */
  enum Format {
    TABLE,
    JSON,
    CSV
  }

  private static final long GRAPH_SPAN_MILLIS = 15 * 60_000L;
  private static final int TABLE_STEPS = 20;
  private static final int OTHER_STEPS = 250;

  /** How much longer than its timeout the service may take to say that a query ran into it. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** How often it is seen to whether hub and output are still there. */
  private static final Duration LOOK = Duration.ofMillis(500);

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HubAddress hub = new HubAddress();

  @Parameters(paramLabel = "EXPR", description = "The PromQL expression.")
  private String expression = "";

  @Option(names = "--time", paramLabel = "TIME", description = "When, for an instant query.")
  private @Nullable String time;

  @Option(names = "--start", paramLabel = "TIME", description = "The first step of a range query.")
  private @Nullable String start;

  @Option(names = "--end", paramLabel = "TIME", description = "Its end (default: now).")
  private @Nullable String end;

  @Option(names = "--since", paramLabel = "DURATION", description = "A range up to now: 15m, 1h.")
  private @Nullable String since;

  @Option(names = "--step", paramLabel = "DURATION", description = "Its step (default: it fits).")
  private @Nullable String step;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, json (as the Prometheus HTTP API) or csv (default: table).")
  private Format format = Format.TABLE;

  @Option(
      names = "--graph",
      description = "Draw the range in the terminal; of the last 15 minutes where none is given.")
  private boolean graph;

  @Option(
      names = "--height",
      paramLabel = "LINES",
      description = "How many lines a graph has (default: ${DEFAULT-VALUE}).")
  private int height = 16;

  @Option(names = "--limit", paramLabel = "N", description = "The most series (default: all).")
  private int limit;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "The longest the query may take (default: ${DEFAULT-VALUE}).")
  private String timeout = "30s";

  @Option(
      names = "--live",
      description = {
        "Go on until Ctrl-C, with what changes as it is collected: a table or --graph that is drawn"
            + " anew, or lines of changes where the output is no terminal. With --format json: the"
            + " events."
      })
  private boolean live;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "With --live: end after so many updates.")
  private long count = Long.MAX_VALUE;

  @Option(names = "--stats", description = "Say on stderr what the query cost.")
  private boolean stats;

  private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws CommandFailedException, InterruptedException {
    QueryEvent event = event(System.currentTimeMillis());
    if (live) {
      follow(event);
      return ExitCode.SUCCESS;
    }
    Answer answer = ask(event);
    print(event, answer);
    answer.warnings().forEach(text -> System.err.println("warning: " + text));
    answer.infos().forEach(text -> System.err.println("info: " + text));
    if (stats) {
      System.err.println("stats: " + PlainJson.line(answer.statistics()));
    }
    return ExitCode.SUCCESS;
  }

  private QueryEvent event(long nowMillis) {
    boolean range = start != null || end != null || since != null || graph;
    if (range && time != null) {
      throw wrong("--time goes with neither --start, --end, --since nor --graph");
    }
    if (since != null && (start != null || end != null)) {
      throw wrong("--since goes with neither --start nor --end");
    }
    if (!range && step != null && !live) {
      throw wrong("--step needs a range (--start, --since or --graph) or --live");
    }
    if (live && (time != null || format == Format.CSV)) {
      throw wrong("--live goes with neither --time nor --format csv");
    }
    if (!live && count != Long.MAX_VALUE) {
      throw wrong("--count needs --live");
    }
    if (end != null && start == null) {
      throw wrong("--end needs --start");
    }
    if (graph && format != Format.TABLE) {
      throw wrong("--graph and --format exclude each other");
    }
    if (limit < 0) {
      throw wrong("--limit must not be negative");
    }
    Long at = time == null ? null : time("--time", time, nowMillis);
    Long from = null;
    Long to = null;
    Long stepMillis = null;
    if (range) {
      // A whole second, and not before what was pushed just now.
      long soonMillis = Math.ceilDiv(nowMillis, 1000L) * 1000;
      to = end == null ? soonMillis : time("--end", end, nowMillis);
      if (start != null) {
        from = time("--start", start, nowMillis);
      } else {
        from = to - (since == null ? GRAPH_SPAN_MILLIS : duration("--since", since));
      }
      if (to < from) {
        throw wrong("--end is before --start");
      }
      stepMillis = step == null ? fittingStep(to - from) : duration("--step", step);
      if (stepMillis == 0) {
        throw wrong("--step must be longer than 0");
      }
    } else if (step != null) {
      stepMillis = duration("--step", step);
    }
    return new QueryEvent(
        expression,
        at,
        from,
        to,
        stepMillis,
        duration("--timeout", timeout),
        null,
        limit,
        true,
        stats,
        live,
        CorrelationIds.make());
  }

  /** A round step that makes about as many points as the output has room for. */
  private long fittingStep(long spanMillis) {
    int steps = OTHER_STEPS;
    if (graph) {
      steps = Math.max(TABLE_STEPS, 2 * terminal.graphWidth());
    } else if (format == Format.TABLE) {
      steps = TABLE_STEPS;
    }
    long least = Math.max(1000, spanMillis / steps);
    long[] round = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200};
    for (long seconds : round) {
      if (seconds * 1000 >= least) {
        return seconds * 1000;
      }
    }
    long day = 86_400_000L;
    return (least + day - 1) / day * day;
  }

  private long time(String option, String text, long nowMillis) {
    return TimeText.parse(text, nowMillis)
        .orElseThrow(() ->
            wrong(
                option
                    + " "
                    + text
                    + " is no time: write RFC 3339 (2026-11-24T10:00:00Z), Unix seconds, now or"
                    + " now-1h"));
  }

  private long duration(String option, String text) {
    Long millis = Durations.parse(text.strip());
    if (millis == null) {
      throw wrong(option + " " + text + " is no duration: write 15s, 5m, 1h30m");
    }
    return millis;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private Answer ask(QueryEvent event) throws CommandFailedException, InterruptedException {
    Long timeoutMillis = event.timeoutMillis();
    Duration patience = Duration.ofMillis(timeoutMillis == null ? 0 : timeoutMillis).plus(GRACE);
    String subject = hub.service() + "." + EventTypes.METRICS_QUERY;
    try (HubLink link = HubLink.open(hub.url(), "query")) {
      String inbox = link.inbox();
      Subscription answers = link.subscribe(inbox);
      link.publish(subject, inbox, event.toJson());
      AnswerCollector collector = new AnswerCollector();
      while (true) {
        Message message = link.next(answers, patience);
        if (message == null) {
          throw new CommandFailedException(
              "no answer within " + Durations.format(patience.toMillis()));
        }
        if (collector.add(message.getData())) {
          return collector.answer();
        }
      }
    } catch (QueryRefusedException e) {
      throw new CommandFailedException(e.explain(expression), e);
    } catch (NotJsonException e) {
      throw new CommandFailedException("the answer cannot be read: " + e.getMessage(), e);
    }
  }

  /** Shows a live query until it ends, the output is closed, or enough updates came. */
  private void follow(QueryEvent event) throws CommandFailedException, InterruptedException {
    Duration patience = Duration.ofMillis(duration("--timeout", timeout)).plus(GRACE);
    LiveView view = new LiveView(terminal, event, graph, height);
    try (HubLink link = HubLink.open(hub.url(), "query --live")) {
      String inbox = link.inbox();
      Subscription answers = link.subscribe(inbox);
      link.publish(hub.service() + "." + EventTypes.METRICS_QUERY, inbox, event.toJson());
      while (view.live().updates() < count && !terminal.isClosed()) {
        boolean first = view.live().updates() < 0;
        Message message = link.next(answers, first ? patience : LOOK);
        if (message == null && first) {
          throw new CommandFailedException(
              "no answer within " + Durations.format(patience.toMillis()));
        }
        if (message == null) {
          link.requireOpen();
          continue;
        }
        if (format == Format.JSON) {
          terminal.print(PlainJson.line(PlainJson.object(message.getData())) + "\n");
        }
        boolean whole = view.live().add(message.getData());
        if (whole
            && format != Format.JSON
            && !(view.isScreen() && answers.getPendingMessageCount() > 0)) {
          view.show(System.currentTimeMillis());
        }
      }
    } catch (QueryRefusedException e) {
      throw new CommandFailedException(e.explain(expression), e);
    } catch (NotJsonException e) {
      throw new CommandFailedException("the answer cannot be read: " + e.getMessage(), e);
    }
  }

  private void print(QueryEvent event, Answer answer) {
    if (format == Format.JSON) {
      terminal.print(AnswerJson.print(answer));
      return;
    }
    if (format == Format.CSV) {
      terminal.print(AnswerCsv.print(answer));
      return;
    }
    if (answer.series().isEmpty()) {
      System.err.println("nothing found");
      return;
    }
    Long from = event.startMillis();
    Long to = event.endMillis();
    Long stepMillis = event.stepMillis();
    if (graph && from != null && to != null && stepMillis != null) {
      String drawing =
          new Graph(terminal.graphWidth(), height, terminal.style())
              .print(answer, from, to, stepMillis);
      if (!drawing.isEmpty()) {
        terminal.print(drawing);
        return;
      }
      System.err.println("there are no numbers to draw; as a table:");
    }
    terminal.print(new AnswerTable(terminal.tableWidth(), terminal.style()).print(answer));
  }
}
