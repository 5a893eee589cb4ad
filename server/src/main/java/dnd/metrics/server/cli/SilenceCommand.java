package dnd.metrics.server.cli;

import dnd.metrics.events.Durations;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.StrictJson;
import dnd.metrics.events.Timestamps;
import dnd.metrics.server.terminal.PlainJson;
import dnd.metrics.server.terminal.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code silence}: adds, queries, updates and expires silences, in amtool's manner. */
@Command(
    name = "silence",
    description = "Adds, queries, updates and expires silences, in amtool's manner.",
    mixinStandardHelpOptions = true,
    subcommands = {
      SilenceCommand.AddCommand.class,
      SilenceCommand.QueryCommand.class,
      SilenceCommand.UpdateCommand.class,
      SilenceCommand.ExpireCommand.class
    })
final class SilenceCommand {
  private static ObjectNode request(String action) {
    return StrictJson.mapper().createObjectNode().put("action", action);
  }

  private static Map<String, Object> ask(HubAddress hub, ObjectNode data)
      throws CommandFailedException, InterruptedException {
    return ServiceRequest.ask(hub, "silence", EventTypes.ALERT_SILENCE, data.toString());
  }

  private static void print(List<Map<String, Object>> silences, boolean quiet, boolean json) {
    Terminal terminal = new Terminal();
    if (quiet || json) {
      for (Map<String, Object> silence : silences) {
        terminal.print((quiet ? PlainJson.text(silence, "id") : PlainJson.line(silence)) + "\n");
      }
      return;
    }
    TextTable table =
        new TextTable(List.of("ID", "Matchers", "State", "Ends At", "Created By", "Comment"), 6);
    for (Map<String, Object> silence : silences) {
      List<String> matchers = new ArrayList<>();
      PlainJson.list(silence, "matchers").forEach(each -> matchers.add(each.toString()));
      table.add(
          List.of(
              PlainJson.text(silence, "id"),
              String.join(" ", matchers),
              PlainJson.text(silence, "state"),
              PlainJson.text(silence, "ends_at"),
              PlainJson.text(silence, "created_by"),
              PlainJson.text(silence, "comment").replaceAll("\\s+", " ")));
    }
    StringBuilder out = new StringBuilder();
    table.print(out, terminal.style());
    terminal.print(out.toString());
  }

  /** The times of a silence. */
  static final class Times {
    @Option(
        names = {"-d", "--duration"},
        paramLabel = "DURATION",
        description = "How long it lasts from its start (silence add: 1h where no end is given).")
    private @Nullable String duration;

    @Option(
        names = "--start",
        paramLabel = "TIME",
        description = "When it begins: RFC 3339, or now+1h (silence add: now).")
    private @Nullable String start;

    @Option(
        names = "--end",
        paramLabel = "TIME",
        description = "When it ends; goes before --duration.")
    private @Nullable String end;

    void put(ObjectNode data, @Nullable String usualDuration) throws CommandFailedException {
      if (start != null) {
        data.put("starts_at", time("--start", start));
      }
      String lasts = duration == null ? usualDuration : duration;
      if (end != null) {
        data.put("ends_at", time("--end", end));
      } else if (lasts != null) {
        Long millis = Durations.parse(lasts);
        if (millis == null || millis == 0) {
          throw new CommandFailedException(
              "--duration must be a duration above zero such as 2h or 1d12h, not '" + lasts + "'");
        }
        data.put("duration", Durations.format(millis));
      }
    }

    private static String time(String option, String text) throws CommandFailedException {
      return TimeText.parse(text, System.currentTimeMillis())
          .map(Timestamps::format)
          .orElseThrow(() ->
              new CommandFailedException(
                  option
                      + " must be a time such as 2026-11-24T10:00:00Z or now+1h, not '"
                      + text
                      + "'"));
    }
  }

  /** {@code silence add MATCHER...}: prints the id of the silence that it made. */
  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = {
        "Adds a silence: alerts that fulfil all matchers are not announced while it lasts.",
        "",
        "silence add alertname=Slow service=combat -c 'deploying'",
        "silence add Slow 'service=~\"a|b\"' -d 2h -c 'deploying'   (a name alone is the alertname)"
      })
  static final class AddCommand implements Callable<Integer> {
    @Mixin private HubAddress hub = new HubAddress();
    @Mixin private Times times = new Times();

    @Parameters(paramLabel = "MATCHER", arity = "1..*", description = "What alerts must fulfil.")
    private List<String> matchers = List.of();

    @Option(
        names = {"-a", "--author"},
        paramLabel = "NAME",
        description = "Who adds it (default: the user).")
    private String author = System.getProperty("user.name", "");

    @Option(
        names = {"-c", "--comment"},
        paramLabel = "TEXT",
        required = true,
        description = "Why.")
    private String comment = "";

    @Override
    public Integer call() throws CommandFailedException, InterruptedException {
      ObjectNode data = request("save").put("created_by", author).put("comment", comment);
      ArrayNode list = data.putArray("matchers");
      MatcherArguments.read(matchers).forEach(list::add);
      times.put(data, "1h");
      new Terminal().print(PlainJson.text(ask(hub, data), "silence_id") + "\n");
      return ExitCode.SUCCESS;
    }
  }

  /** {@code silence query}: those that are pending or active. */
  @Command(
      name = "query",
      aliases = "list",
      mixinStandardHelpOptions = true,
      description =
          "Lists silences that are pending or active; with --expired those that are over.")
  static final class QueryCommand implements Callable<Integer> {
    @Mixin private HubAddress hub = new HubAddress();

    @Parameters(
        paramLabel = "MATCHER",
        arity = "0..*",
        description = "Only silences that name values which match.")
    private List<String> matchers = List.of();

    @Option(names = "--expired", description = "Those that are over, instead.")
    private boolean expired;

    @Option(
        names = "--within",
        paramLabel = "DURATION",
        description = "Only those that end so soon, or, with --expired, ended so lately.")
    private @Nullable String within;

    @Option(names = "--created-by", paramLabel = "NAME", description = "Only this author's.")
    private @Nullable String createdBy;

    @Option(names = "--id", paramLabel = "ID", description = "Only this one.")
    private @Nullable String id;

    @Option(
        names = {"-q", "--quiet"},
        description = "Only ids.")
    private boolean quiet;

    @Option(names = "--json", description = "Print each silence as one line of JSON.")
    private boolean json;

    @Override
    public Integer call() throws CommandFailedException, InterruptedException {
      ObjectNode data = request("list").put("expired", expired);
      ArrayNode list = data.putArray("matchers");
      MatcherArguments.read(matchers).forEach(list::add);
      if (id != null) {
        data.put("id", id);
      }
      Long withinMillis = within == null ? null : Durations.parse(within);
      if (within != null && withinMillis == null) {
        throw new CommandFailedException(
            "--within must be a duration such as 8h, not '" + within + "'");
      }
      long now = System.currentTimeMillis();
      print(
          ServicePages.ask(hub, "silence", EventTypes.ALERT_SILENCE, "silences", data).stream()
              .filter(each -> id != null || expired == isExpired(each))
              .filter(each -> withinMillis == null || endsWithin(each, now, withinMillis))
              .filter(
                  each -> createdBy == null || createdBy.equals(PlainJson.text(each, "created_by")))
              .toList(),
          quiet,
          json);
      return ExitCode.SUCCESS;
    }

    private static boolean isExpired(Map<String, Object> silence) {
      return PlainJson.text(silence, "state").equals("expired");
    }

    private static boolean endsWithin(Map<String, Object> silence, long now, long withinMillis) {
      Long ends = Timestamps.parse(PlainJson.text(silence, "ends_at"));
      return ends != null && Math.abs(ends - now) <= withinMillis;
    }
  }

  /** {@code silence update ID...}: other times or another comment. */
  @Command(
      name = "update",
      mixinStandardHelpOptions = true,
      description =
          "Changes the times or the comment of silences. One whose past would change gets"
              + " a new id.")
  static final class UpdateCommand implements Callable<Integer> {
    @Mixin private HubAddress hub = new HubAddress();
    @Mixin private Times times = new Times();

    @Parameters(paramLabel = "ID", arity = "1..*", description = "The silences.")
    private List<String> ids = List.of();

    @Option(
        names = {"-c", "--comment"},
        paramLabel = "TEXT",
        description = "Why.")
    private @Nullable String comment;

    @Option(
        names = {"-q", "--quiet"},
        description = "Print only ids.")
    private boolean quiet;

    @Override
    public Integer call() throws CommandFailedException, InterruptedException {
      List<Map<String, Object>> updated = new ArrayList<>();
      for (String id : ids) {
        ObjectNode data = request("save").put("id", id);
        times.put(data, null);
        if (comment != null) {
          data.put("comment", comment);
        }
        updated.add(PlainJson.object(ask(hub, data), "silence"));
      }
      print(updated, quiet, false);
      return ExitCode.SUCCESS;
    }
  }

  /** {@code silence expire ID...}: ends them now. */
  @Command(
      name = "expire",
      mixinStandardHelpOptions = true,
      description = "Ends silences now; what they held back and still fires is announced.")
  static final class ExpireCommand implements Callable<Integer> {
    @Mixin private HubAddress hub = new HubAddress();

    @Parameters(paramLabel = "ID", arity = "1..*", description = "The silences.")
    private List<String> ids = List.of();

    @Override
    public Integer call() throws CommandFailedException, InterruptedException {
      ObjectNode data = request("expire");
      ArrayNode list = data.putArray("ids");
      ids.forEach(list::add);
      ask(hub, data);
      return ExitCode.SUCCESS;
    }
  }
}
