package dnd.metrics.server.cli;

import dnd.metrics.events.EventTypes;
import dnd.metrics.events.StrictJson;
import dnd.metrics.server.terminal.PlainJson;
import dnd.metrics.server.terminal.TextTable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code alerts}: lists the alerts that are pending or fire. */
@Command(
    name = "alerts",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the alerts that are pending or fire, oldest first.",
      "",
      "Matchers as in amtool: alertname=Slow, 'service=~\"a|b\"'; a first one without an operator"
          + " is",
      "the alert's name. State: pending, unprocessed (waits for its group's time), active",
      "(announced), suppressed (by a silence, another alert, or the time)."
    })
final class AlertsCommand implements Callable<Integer> {
  @Mixin private HubAddress hub = new HubAddress();

  @Parameters(paramLabel = "MATCHER", arity = "0..*", description = "Only alerts that match all.")
  private List<String> matchers = List.of();

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only alerts in this state; may be given more than once.")
  private List<String> states = List.of();

  @Option(names = "--json", description = "Print each alert as one line of JSON.")
  private boolean json;

  private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws CommandFailedException, InterruptedException {
    ObjectNode data = StrictJson.mapper().createObjectNode().put("pending", true);
    ArrayNode filter = data.putArray("matchers");
    MatcherArguments.read(matchers).forEach(filter::add);
    List<Map<String, Object>> alerts =
        ServicePages.ask(hub, "alerts", EventTypes.ALERT_STATUS, "alerts", data).stream()
            .filter(alert -> states.isEmpty() || states.contains(PlainJson.text(alert, "state")))
            .toList();
    if (json) {
      for (Map<String, Object> alert : alerts) {
        terminal.print(PlainJson.line(alert) + "\n");
      }
      return ExitCode.SUCCESS;
    }
    TextTable table =
        new TextTable(
            List.of("Alertname", "Severity", "Service", "Starts At", "State", "Summary"), 6);
    for (Map<String, Object> alert : alerts) {
      table.add(row(alert));
    }
    StringBuilder out = new StringBuilder();
    table.print(out, terminal.style());
    terminal.print(out.toString());
    return ExitCode.SUCCESS;
  }

  private static List<String> row(Map<String, Object> alert) {
    Map<String, Object> labels = PlainJson.object(alert, "labels");
    return List.of(
        PlainJson.text(alert, "name"),
        PlainJson.text(labels, "severity"),
        PlainJson.text(labels, "service"),
        PlainJson.text(alert, "started_at"),
        PlainJson.text(alert, "state"),
        PlainJson.text(PlainJson.object(alert, "annotations"), "summary").replaceAll("\\s+", " "));
  }
}
