package dnd.metrics.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rules}: rule files, from checking them to having them evaluated. */
@Command(
    name = "rules",
    description = "Works with Prometheus rule files: alerting and recording rules.",
    mixinStandardHelpOptions = true,
    subcommands = {
      RulesCheckCommand.class,
      RulesTestCommand.class,
      RulesLoadCommand.class,
      RulesListCommand.class,
      RulesDeleteCommand.class,
      RulesSwitchCommand.Activate.class,
      RulesSwitchCommand.Deactivate.class,
      RulesEvaluateCommand.class
    })
final class RulesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
