package dnd.metrics.server.cli;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.JsonBuffer;
import dnd.metrics.events.Timestamps;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.terminal.PlainJson;
import java.io.Console;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code delete}: deletes samples, after it was shown which and somebody said yes. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = {
      "Deletes the samples of the series that one of the selectors finds. What would be deleted is"
          + " counted and shown first, and deleted when you say yes.",
      "",
      "Services that are not among service.operators of the configuration delete their own samples"
          + " only."
    })
final class DeleteCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @Mixin private HubAddress hub = new HubAddress();

  @Parameters(
      paramLabel = "SELECTOR",
      arity = "1..*",
      description = "Series, such as '{service=\"combat\"}' or 'requests_total{status=\"error\"}'.")
  private List<String> selectors = new ArrayList<>();

  @Option(
      names = "--start",
      paramLabel = "TIME",
      description = "Only from there on: RFC 3339, a date, Unix seconds, 1h (ago).")
  private @Nullable String start;

  @Option(names = "--end", paramLabel = "TIME", description = "Only up to there, included.")
  private @Nullable String end;

  @Option(names = "--yes", description = "Do not ask: delete what there is.")
  private boolean yes;

  @Option(names = "--dry-run", description = "Only show what would be deleted.")
  private boolean dryRun;

  private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws CommandFailedException, InterruptedException {
    Map<String, Object> found =
        PlainJson.object(
            ServiceRequest.ask(hub, "delete", EventTypes.METRICS_DELETE, question(), PATIENCE),
            "result");
    show(found);
    String token = PlainJson.text(found, "token");
    if (dryRun || token.isEmpty()) {
      return ExitCode.SUCCESS;
    }
    if (!yes && !isConfirmed()) {
      terminal.print("nothing was deleted\n");
      return ExitCode.FAILURE;
    }
    JsonBuffer data = new JsonBuffer(128);
    data.raw("{\"correlation_id\":").string(CorrelationIds.make());
    data.raw(",\"token\":").string(token).raw('}');
    ServiceRequest.ask(hub, "delete", EventTypes.METRICS_DELETE, text(data), PATIENCE);
    terminal.print("deleted\n");
    return ExitCode.SUCCESS;
  }

  private String question() throws CommandFailedException {
    JsonBuffer data = new JsonBuffer(256);
    data.raw("{\"correlation_id\":").string(CorrelationIds.make()).raw(",\"match\":[");
    for (int i = 0; i < selectors.size(); i++) {
      data.raw(i == 0 ? "" : ",").string(selectors.get(i));
    }
    data.raw(']');
    time(data, "start", start);
    time(data, "end", end);
    return text(data.raw('}'));
  }

  private static void time(JsonBuffer data, String name, @Nullable String text)
      throws CommandFailedException {
    if (text != null) {
      long millis =
          TimeText.parse(text, System.currentTimeMillis())
              .orElseThrow(() ->
                  new CommandFailedException(
                      "--" + name + ": '" + text + "' is no time such as 2026-11-26T10:00:00Z"));
      data.raw(",\"" + name + "\":").string(Timestamps.format(millis));
    }
  }

  private static String text(JsonBuffer data) {
    return new String(data.toByteArray(), StandardCharsets.UTF_8);
  }

  private void show(Map<String, Object> found) {
    long samples = PlainJson.number(found, "samples", 0);
    boolean isWhole = Boolean.TRUE.equals(found.get("whole"));
    if (samples == 0) {
      terminal.print(
          isWhole
              ? "nothing is there that this would delete\n"
              : "nothing is there that can be read now; blocks in the object store may have some\n");
      return;
    }
    String among = PlainJson.text(PlainJson.object(found, "among"), "service");
    terminal.print(
        String.format(
            Locale.ROOT,
            "%s%d samples of %d series%s, from %s to %s%n",
            isWhole ? "" : "more than ",
            samples,
            PlainJson.number(found, "series", 0),
            among.isEmpty() ? "" : " of " + among,
            PlainJson.text(found, "oldest"),
            PlainJson.text(found, "newest")));
    for (Object example : PlainJson.list(found, "examples")) {
      StringBuilder line = new StringBuilder("  {");
      ServiceRequest.map(example)
          .forEach((name, value) -> {
            line.append(line.length() > 3 ? ", " : "").append(name).append('=');
            Labels.quote(line, String.valueOf(value));
          });
      terminal.print(line.append("}\n").toString());
    }
    if (PlainJson.number(found, "series", 0) > PlainJson.list(found, "examples").size()) {
      terminal.print("  ...\n");
    }
  }

  @SuppressWarnings("SystemConsoleNull") // it is null where stdin or stdout is no terminal
  private static boolean isConfirmed() throws CommandFailedException {
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      throw new CommandFailedException(
          "nobody can be asked, since this is no terminal: nothing was deleted; --yes deletes");
    }
    String answer = console.readLine("delete them? They do not come back. [y/N] ");
    return answer != null
        && (answer.strip().equalsIgnoreCase("y") || answer.strip().equalsIgnoreCase("yes"));
  }
}
