package dnd.metrics.server.cli;

import picocli.CommandLine.Command;

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
final class RulesCommand {}
