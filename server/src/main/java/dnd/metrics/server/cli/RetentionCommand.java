package dnd.metrics.server.cli;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.JsonBuffer;
import dnd.metrics.server.terminal.PlainJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code retention}: says how long the service keeps samples, and changes it while it runs. */
@Command(
    name = "retention",
    mixinStandardHelpOptions = true,
    description = "Says how long samples are kept, and where that was said.")
final class RetentionCommand implements Callable<Integer> {
  @Mixin private HubAddress hub = new HubAddress();

  private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws CommandFailedException, InterruptedException {
    show(ask(hub, "get", null));
    return ExitCode.SUCCESS;
  }

  @Command(
      name = "set",
      mixinStandardHelpOptions = true,
      description = {
        "Changes it, until 'retention reset': also over restarts. What is not given stays as it is.",
        "",
        "What is over by then goes within seconds, and does not come back."
      })
  int set(
      @Mixin HubAddress address,
      @Option(names = "--time", paramLabel = "TIME", description = "Such as 30d, or none.")
          @Nullable String time,
      @Option(
              names = "--size",
              paramLabel = "SIZE",
              description = "Of all blocks, such as 200GiB, or none.")
          @Nullable String size,
      @Option(
              names = "--rule",
              paramLabel = "SELECTOR=TIME",
              description =
                  "How long some series are kept: '{service=\"combat\"}=7d'. All rules, in order.")
          @Nullable List<String> rules,
      @Option(names = "--no-rules", description = "No series are kept for another time.")
          boolean noRules)
      throws CommandFailedException, InterruptedException {
    if (time == null && size == null && rules == null && !noRules) {
      throw new CommandFailedException(
          "nothing to change: give --time, --size, --rule, --no-rules");
    }
    Map<String, Object> current = PlainJson.object(ask(address, "get", null), "retention");
    JsonBuffer wanted = new JsonBuffer(256);
    wanted.raw("{\"time\":").string(time == null ? PlainJson.text(current, "time") : time);
    wanted.raw(",\"size\":").string(size == null ? PlainJson.text(current, "size") : size);
    List<String> lines = new ArrayList<>();
    if (rules != null) {
      for (String rule : rules) {
        int equals = rule.lastIndexOf("}=");
        if (equals < 0) {
          throw new CommandFailedException(
              "--rule: '" + rule + "' is not such as '{service=\"combat\"}=7d'");
        }
        lines.add(rule(rule.substring(0, equals + 1), rule.substring(equals + 2)));
      }
    } else if (!noRules) {
      for (Object each : PlainJson.list(current, "rules")) {
        Map<String, Object> rule = ServiceRequest.map(each);
        lines.add(rule(PlainJson.text(rule, "match"), PlainJson.text(rule, "time")));
      }
    }
    wanted.raw(",\"rules\":[").raw(String.join(",", lines)).raw("]}");
    show(ask(address, "set", text(wanted)));
    return ExitCode.SUCCESS;
  }

  private static String rule(String match, String time) {
    JsonBuffer out = new JsonBuffer(64);
    return text(out.raw("{\"match\":").string(match).raw(",\"time\":").string(time).raw('}'));
  }

  @Command(
      name = "reset",
      mixinStandardHelpOptions = true,
      description = "Lets the configuration hold again.")
  int reset(@Mixin HubAddress address) throws CommandFailedException, InterruptedException {
    show(ask(address, "reset", null));
    return ExitCode.SUCCESS;
  }

  private static Map<String, Object> ask(
      HubAddress address, String action, @Nullable String retention)
      throws CommandFailedException, InterruptedException {
    JsonBuffer data = new JsonBuffer(256);
    data.raw("{\"correlation_id\":").string(CorrelationIds.make());
    data.raw(",\"action\":").string(action);
    if (retention != null) {
      data.raw(",\"retention\":").raw(retention);
    }
    String json = text(data.raw('}'));
    return PlainJson.object(
        ServiceRequest.ask(address, "retention", EventTypes.METRICS_RETENTION, json), "result");
  }

  private static String text(JsonBuffer json) {
    return new String(json.toByteArray(), StandardCharsets.UTF_8);
  }

  private void show(Map<String, Object> result) {
    Map<String, Object> retention = PlainJson.object(result, "retention");
    StringBuilder out = new StringBuilder();
    out.append("time    ").append(PlainJson.text(retention, "time")).append('\n');
    out.append("size    ").append(PlainJson.text(retention, "size")).append('\n');
    for (Object each : PlainJson.list(retention, "rules")) {
      Map<String, Object> rule = ServiceRequest.map(each);
      out.append("rule    ").append(PlainJson.text(rule, "match")).append(' ');
      out.append(PlainJson.text(rule, "time")).append('\n');
    }
    out.append("source  ").append(PlainJson.text(result, "source")).append('\n');
    terminal.print(out.toString());
  }
}
