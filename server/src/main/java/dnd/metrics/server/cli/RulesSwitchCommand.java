package dnd.metrics.server.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rules activate FILE} and {@code rules deactivate FILE}. */
abstract sealed class RulesSwitchCommand implements Callable<Integer> {
  @Mixin private HubAddress hub = new HubAddress();

  @Parameters(paramLabel = "FILE", description = "The file, named as 'rules list' names it.")
  private Path file = Path.of("");

  @Option(names = "--group", paramLabel = "NAME", description = "Only rules of this group.")
  private @Nullable String group;

  @Option(names = "--rule", paramLabel = "NAME", description = "Only rules of this name.")
  private @Nullable String rule;

  private final String action;
  private final Terminal terminal = new Terminal();

  private RulesSwitchCommand(String action) {
    this.action = action;
  }

  /** {@code rules activate FILE}. */
  @Command(
      name = "activate",
      mixinStandardHelpOptions = true,
      description = "Lets the running service evaluate rules of a file again.")
  static final class Activate extends RulesSwitchCommand {
    Activate() {
      super("activate");
    }
  }

  /** {@code rules deactivate FILE}. */
  @Command(
      name = "deactivate",
      mixinStandardHelpOptions = true,
      description = {
        "Keeps rules of a file in the running service without evaluating them; their alerts are"
            + " resolved."
      })
  static final class Deactivate extends RulesSwitchCommand {
    Deactivate() {
      super("deactivate");
    }
  }

  @Override
  public Integer call() throws CommandFailedException, InterruptedException {
    Map<String, Object> answer =
        new RulesRequest(action)
            .with("file", file.normalize().toString())
            .with("group", group)
            .with("rule", rule)
            .ask(hub);
    terminal.print("%s: %s rules %sd%n".formatted(file, answer.get("rules"), action));
    return ExitCode.SUCCESS;
  }
}
