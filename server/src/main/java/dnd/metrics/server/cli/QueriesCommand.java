package dnd.metrics.server.cli;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.JsonBuffer;
import dnd.metrics.server.terminal.PlainJson;
import dnd.metrics.server.terminal.TextTable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code queries}: lists the queries that run, or cancels some. */
@Command(
    name = "queries",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the queries that wait, run or are live, oldest first; with --cancel stops one.",
      "",
      "A query is cancelled in the name of the service that asked it: --service says which."
    })
final class QueriesCommand implements Callable<Integer> {
  private static final int QUERY_CHARS = 60;

  @Mixin private HubAddress hub = new HubAddress();

  @Option(
      names = "--cancel",
      paramLabel = "CORRELATION_ID",
      description = "Stop the queries of --service with this correlation id.")
  private @Nullable String cancel;

  @Option(names = "--json", description = "Print the list as JSON.")
  private boolean json;

  private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws CommandFailedException, InterruptedException {
    return cancel == null ? list() : cancel(cancel);
  }

  private int list() throws CommandFailedException, InterruptedException {
    List<Object> entries =
        PlainJson.list(ask(EventTypes.METRICS_QUERIES, CorrelationIds.make()), "result");
    if (json) {
      for (Object entry : entries) {
        terminal.print(PlainJson.line(ServiceRequest.map(entry)) + "\n");
      }
      return ExitCode.SUCCESS;
    }
    TextTable table =
        new TextTable(
            List.of(
                "service", "correlation id", "state", "query", "age", "series", "samples", "peak"),
            4);
    for (Object entry : entries) {
      table.add(row(ServiceRequest.map(entry)));
    }
    StringBuilder out = new StringBuilder();
    table.print(out, terminal.style());
    terminal.print(out.toString());
    return ExitCode.SUCCESS;
  }

  private static List<String> row(Map<String, Object> entry) {
    String query = PlainJson.text(entry, "query").replaceAll("\\s+", " ");
    return List.of(
        PlainJson.text(entry, "service"),
        PlainJson.text(entry, "correlation_id"),
        PlainJson.text(entry, "state"),
        query.length() > QUERY_CHARS ? query.substring(0, QUERY_CHARS - 1) + "…" : query,
        seconds(entry.get("age")),
        PlainJson.text(entry, "series"),
        PlainJson.text(entry, "samples"),
        mebibytes(PlainJson.number(entry, "peakBytes", 0)));
  }

  private static String seconds(@Nullable Object age) {
    double seconds = age instanceof Number number ? number.doubleValue() : 0;
    return String.format(Locale.ROOT, "%.1fs", seconds);
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1fMiB", bytes / (double) (1 << 20));
  }

  private int cancel(String correlationId) throws CommandFailedException, InterruptedException {
    Map<String, Object> data = ask(EventTypes.METRICS_CANCEL, correlationId);
    long canceled = PlainJson.number(PlainJson.object(data, "result"), "canceled", 0);
    if (canceled == 0) {
      throw new CommandFailedException(
          "no query of "
              + hub.service()
              + " with that correlation id is open: './dnd-metrics queries' lists those that are");
    }
    terminal.print("canceled " + canceled + "\n");
    return ExitCode.SUCCESS;
  }

  private Map<String, Object> ask(String type, String correlationId)
      throws CommandFailedException, InterruptedException {
    JsonBuffer data = new JsonBuffer(128);
    data.raw("{\"parts\":false,\"correlation_id\":").string(correlationId).raw('}');
    String json = new String(data.toByteArray(), StandardCharsets.UTF_8);
    return ServiceRequest.ask(hub, "queries", type, json);
  }
}
