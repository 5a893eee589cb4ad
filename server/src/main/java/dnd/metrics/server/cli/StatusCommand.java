package dnd.metrics.server.cli;

import dnd.metrics.events.EventTypes;
import dnd.metrics.server.terminal.PlainJson;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code status}: what the service says of its parts. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Asks the running service how its parts do: the hub, what was collected, the tables.",
      "",
      "Exit code 1 where a part is not available."
    })
final class StatusCommand implements Callable<Integer> {
  @Mixin private HubAddress hub = new HubAddress();

  @Option(names = "--json", description = "Print the answer as JSON.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailedException, InterruptedException {
    Terminal terminal = new Terminal();
    Map<String, Object> parts =
        PlainJson.object(
            ServiceRequest.ask(hub, "status", EventTypes.METRICS_STATUS, "{}"), "result");
    if (json) {
      terminal.print(PlainJson.line(parts) + "\n");
    }
    boolean allThere = true;
    for (String part : parts.keySet()) {
      Map<String, Object> section = PlainJson.object(parts, part);
      String state = PlainJson.text(section, "state");
      allThere &= state.isEmpty() || state.equals("available");
      if (!json) {
        terminal.print(part + "\n");
        section.forEach((name, value) ->
            terminal.print("  %-18s %s%n".formatted(name.replace('_', ' '), value)));
      }
    }
    return allThere ? ExitCode.SUCCESS : ExitCode.FAILURE;
  }
}
