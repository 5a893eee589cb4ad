package dnd.metrics.server.cli;

import dnd.metrics.events.EventTypes;
import dnd.metrics.server.terminal.PlainJson;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rules evaluate}: evaluates the active rules now. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Lets the running service evaluate its active rules now, and prints what changed.",
      "",
      "It is seldom needed: rules are evaluated at once when samples come that they read."
    })
final class RulesEvaluateCommand implements Callable<Integer> {
  @Mixin private HubAddress hub = new HubAddress();

  @Option(names = "--file", paramLabel = "FILE", description = "Only groups of this file.")
  private @Nullable String file;

  @Option(names = "--group", paramLabel = "NAME", description = "Only this group.")
  private @Nullable String group;

  private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws CommandFailedException, InterruptedException {
    Map<String, Object> answer =
        new RulesRequest("evaluate")
            .with("file", file)
            .with("group", group)
            .ask(hub, EventTypes.ALERT_CHECK);
    for (Object each : PlainJson.list(answer, "changes")) {
      Map<String, Object> change = ServiceRequest.map(each);
      terminal.print(
          "%s %s%n"
              .formatted(
                  PlainJson.text(change, "status"),
                  PlainJson.line(PlainJson.object(change, "labels"))));
    }
    List<Object> errors = PlainJson.list(answer, "errors");
    for (Object each : errors) {
      Map<String, Object> error = ServiceRequest.map(each);
      System.err.printf(
          "%s, group %s, rule %s: %s%n",
          PlainJson.text(error, "file"),
          PlainJson.text(error, "group"),
          PlainJson.text(error, "rule"),
          PlainJson.text(error, "error"));
    }
    terminal.print("%s rules evaluated%n".formatted(answer.get("rules")));
    return errors.isEmpty() ? ExitCode.SUCCESS : ExitCode.FAILURE;
  }
}
