package dnd.metrics.server.cli;

import dnd.metrics.server.yaml.NearestWord;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/**
 * The program behind {@code ./dnd-metrics}: finds the command that the first argument names and
 * hands it the rest. Results go to stdout; messages, one line each, to stderr. Exit codes: see
 * {@link ExitCode}.
 */
public final class DndMetrics {
  private DndMetrics() {}

  public static void main(String[] args) {
    int exitCode = execute(args, System.out, System.err);
    System.out.flush();
    System.exit(exitCode);
  }

  /** Runs the command line and returns its exit code. */
  static int execute(String[] args, PrintStream out, PrintStream err) {
    if (args.length == 0) {
      err.print(help());
      return ExitCode.USAGE;
    }
    String name = args[0];
    switch (name) {
      case "-h", "--help" -> {
        out.print(help());
        return ExitCode.SUCCESS;
      }
      case "help" -> {
        return help(Arrays.copyOfRange(args, 1, args.length), out, err);
      }
      case "-V", "--version" -> {
        out.println(Version.text());
        return ExitCode.SUCCESS;
      }
      default -> {}
    }
    Optional<CommandEntry> entry = CommandTable.find(name);
    if (entry.isEmpty()) {
      return unknownCommand(name, err);
    }
    return commandLine(entry.get()).execute(Arrays.copyOfRange(args, 1, args.length));
  }

  private static int help(String[] args, PrintStream out, PrintStream err) {
    if (args.length == 0) {
      out.print(help());
      return ExitCode.SUCCESS;
    }
    Optional<CommandEntry> entry = CommandTable.find(args[0]);
    if (entry.isEmpty()) {
      return unknownCommand(args[0], err);
    }
    return commandLine(entry.get()).execute("--help");
  }

  private static int unknownCommand(String name, PrintStream err) {
    List<String> names = CommandTable.COMMANDS.stream().map(CommandEntry::name).toList();
    String hint =
        NearestWord.of(name, names).map(nearest -> "; did you mean '" + nearest + "'?").orElse("");
    err.println("dnd-metrics: unknown command '" + name + "'" + hint);
    err.println("Try 'dnd-metrics --help'.");
    return ExitCode.USAGE;
  }

  private static CommandLine commandLine(CommandEntry entry) {
    CommandLine line = new CommandLine(entry.maker().get());
    line.setCommandName("dnd-metrics " + entry.name());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setExecutionExceptionHandler((exception, failed, parsed) -> {
      if (exception instanceof CommandFailedException) {
        failed.getErr().println("dnd-metrics: " + exception.getMessage());
      } else {
        failed.getErr().println("dnd-metrics: this is a defect of dnd-metrics, please report it:");
        exception.printStackTrace(failed.getErr());
      }
      return ExitCode.FAILURE;
    });
    line.setParameterExceptionHandler((exception, arguments) -> {
      CommandLine wrong = exception.getCommandLine();
      wrong.getErr().println("dnd-metrics: " + exception.getMessage());
      wrong.getErr().println("Try '" + wrong.getCommandSpec().qualifiedName() + " --help'.");
      return ExitCode.USAGE;
    });
    return line;
  }

  private static String help() {
    StringBuilder text = new StringBuilder(1024);
    text.append("Usage: dnd-metrics COMMAND [OPTION...]\n\n");
    text.append(
        "The metrics service of event-driven platforms: metrics are pushed, asked for and\n");
    text.append("announced as events over a Message Hub.\n\nCommands:\n");
    for (CommandEntry entry : CommandTable.COMMANDS) {
      text.append("  %-10s %s%n".formatted(entry.name(), entry.summary()));
    }
    for (String[] entry : CommandTable.LAUNCHER_COMMANDS) {
      text.append("  %-10s %s%n".formatted(entry[0], entry[1]));
    }
    text.append(
        "\n'dnd-metrics COMMAND --help' tells more. Exit codes: 0 done, 1 failed, 2 usage.\n");
    return text.toString();
  }
}
