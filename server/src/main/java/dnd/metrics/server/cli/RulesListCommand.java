package dnd.metrics.server.cli;

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

/** {@code rules list}: the rules of the running service and how they do. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the rules of the running service: their alerts' state, when they were evaluated last"
          + " and what went wrong there.",
      "",
      "--file FILE --yaml prints a file as it is kept."
    })
final class RulesListCommand implements Callable<Integer> {
  /** Groups in one answer, so that it stays within the hub's max_payload. */
  private static final int GROUPS_AT_ONCE = 50;

  @Mixin private HubAddress hub = new HubAddress();

  @Option(names = "--file", paramLabel = "FILE", description = "Only rules of this file.")
  private @Nullable String file;

  @Option(names = "--group", paramLabel = "NAME", description = "Only rules of this group.")
  private @Nullable String group;

  @Option(names = "--rule", paramLabel = "NAME", description = "Only rules of this name.")
  private @Nullable String rule;

  @Option(names = "--json", description = "Print a line of JSON for each group.")
  private boolean json;

  @Option(names = "--yaml", description = "Print the file given by --file as a rule file.")
  private boolean yaml;

  private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws CommandFailedException, InterruptedException {
    if (yaml) {
      return printFile();
    }
    TextTable table =
        new TextTable(
            List.of("file", "group", "rule", "type", "state", "alerts", "health", "evaluated"), 8);
    List<String> errors = new ArrayList<>();
    Object token = null;
    do {
      Map<String, Object> page = page(token);
      for (Object each : PlainJson.list(page, "groups")) {
        Map<String, Object> one = ServiceRequest.map(each);
        if (json) {
          terminal.print(PlainJson.line(one) + "\n");
        } else {
          add(table, one, errors);
        }
      }
      token = page.get("groupNextToken");
    } while (token != null);
    if (!json) {
      StringBuilder out = new StringBuilder();
      table.print(out, terminal.style());
      errors.forEach(error -> out.append(error).append('\n'));
      terminal.print(out.toString());
    }
    return ExitCode.SUCCESS;
  }

  private int printFile() throws CommandFailedException, InterruptedException {
    if (file == null) {
      throw new CommandFailedException("--yaml needs --file: one file is printed");
    }
    terminal.print(PlainJson.text(new RulesRequest("get").with("file", file).ask(hub), "content"));
    return ExitCode.SUCCESS;
  }

  private Map<String, Object> page(@Nullable Object token)
      throws CommandFailedException, InterruptedException {
    return new RulesRequest("list")
        .with("group_limit", GROUPS_AT_ONCE)
        .with("group_next_token", token == null ? null : token.toString())
        .with("file", file)
        .with("group", group)
        .with("rule", rule)
        .ask(hub);
  }

  private static void add(TextTable table, Map<String, Object> group, List<String> errors) {
    for (Object each : PlainJson.list(group, "rules")) {
      Map<String, Object> rule = ServiceRequest.map(each);
      boolean active = !Boolean.FALSE.equals(rule.get("active"));
      String evaluated = PlainJson.text(rule, "lastEvaluation");
      table.add(
          List.of(
              PlainJson.text(group, "file"),
              PlainJson.text(group, "name"),
              PlainJson.text(rule, "name"),
              PlainJson.text(rule, "type"),
              active ? PlainJson.text(rule, "state") : "deactivated",
              rule.containsKey("alerts") ? "" + PlainJson.list(rule, "alerts").size() : "",
              PlainJson.text(rule, "health"),
              evaluated.startsWith("0001") ? "never" : evaluated));
      String error = PlainJson.text(rule, "lastError");
      if (!error.isEmpty()) {
        errors.add(
            "%s, group %s, rule %s: %s"
                .formatted(
                    PlainJson.text(group, "file"),
                    PlainJson.text(group, "name"),
                    PlainJson.text(rule, "name"),
                    error));
      }
    }
  }
}
