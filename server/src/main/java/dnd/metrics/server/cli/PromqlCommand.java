package dnd.metrics.server.cli;

import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.parse.DurationText;
import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.promql.parse.ParserOptions;
import dnd.metrics.server.promql.parse.PrettyPrinter;
import dnd.metrics.server.promql.test.FileReport;
import dnd.metrics.server.promql.test.PromqlTestRunner;
import dnd.metrics.server.query.SyntaxTree;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code promql}: works on queries without a running service: tests, parses, formats, explains. */
@Command(
    name = "promql",
    description = "Works on PromQL queries without a running service.",
    mixinStandardHelpOptions = true,
    subcommands = {
      PromqlCommand.TestCommand.class,
      PromqlCommand.ParseCommand.class,
      PromqlCommand.FormatCommand.class,
      PromqlCommand.ExplainCommand.class
    })
final class PromqlCommand {

  /** {@code promql test FILE...}: runs test scripts. */
  @Command(
      name = "test",
      description = {
        "Runs scripts of Prometheus's PromQL test language (load, clear, eval) and prints a line"
            + " for each file and one for all.",
        "Exit code 1 where any eval fails."
      },
      mixinStandardHelpOptions = true)
  static final class TestCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "The scripts.")
    private List<Path> files;

    @Option(
        names = {"-v", "--verbose"},
        description = "Print every failure, not only the first of a file.")
    private boolean verbose;

    @Override
    public Integer call() throws CommandFailedException {
      PrintWriter out = spec.commandLine().getOut();
      PromqlTestRunner runner = new PromqlTestRunner();
      int passed = 0;
      int failed = 0;
      for (Path file : files) {
        FileReport report;
        try {
          report = runner.run(file);
        } catch (NoSuchFileException e) {
          throw new CommandFailedException("no such file: " + file, e);
        } catch (IOException e) {
          throw new CommandFailedException("cannot read " + file + ": " + e.getMessage(), e);
        }
        out.println(report);
        if (verbose) {
          report.failures().forEach(failure -> out.println("  " + failure));
        }
        passed += report.passed();
        failed += report.failed();
      }
      out.printf("%-28s passed %4d  failed %4d%n", "total", passed, failed);
      return failed == 0 ? ExitCode.SUCCESS : ExitCode.FAILURE;
    }
  }

  /** {@code promql parse QUERY}: the syntax tree as JSON. */
  @Command(
      name = "parse",
      description = "Parses a query and prints its syntax tree as JSON.",
      mixinStandardHelpOptions = true)
  static final class ParseCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "QUERY", description = "The query.")
    private String query;

    @Override
    public Integer call() throws CommandFailedException {
      spec.commandLine().getOut().println(SyntaxTree.json(parsed(query)));
      return ExitCode.SUCCESS;
    }
  }

  /** {@code promql format QUERY}: the query laid out. */
  @Command(
      name = "format",
      description =
          "Lays a query out: one line, or several where it is longer than 100 characters.",
      mixinStandardHelpOptions = true)
  static final class FormatCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "QUERY", description = "The query.")
    private String query;

    @Override
    public Integer call() throws CommandFailedException {
      spec.commandLine().getOut().println(PrettyPrinter.print(parsed(query)));
      return ExitCode.SUCCESS;
    }
  }

  /** {@code promql explain QUERY}: the plan as it would be run. */
  @Command(
      name = "explain",
      description = {
        "Prints the plan of a query, rewritten as it would be run.",
        "With --run a service runs it, on one thread, over the time up to now; before each operator"
            + " stand its time (those below it included), the series and points that it returned,"
            + " and the samples that were decoded for it."
      },
      mixinStandardHelpOptions = true)
  static final class ExplainCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "QUERY", description = "The query.")
    private String query;

    @Option(
        names = "--range",
        paramLabel = "DURATION",
        defaultValue = "1h",
        description = "The range asked for, up to time 0 (default: ${DEFAULT-VALUE}).")
    private String range;

    @Option(
        names = "--step",
        paramLabel = "DURATION",
        defaultValue = "1m",
        description = "The step of the range (default: ${DEFAULT-VALUE}).")
    private String step;

    @Option(names = "--run", description = "Have the service at --hub run it.")
    private boolean run;

    @Mixin private HubAddress hub = new HubAddress();

    @Override
    public Integer call() throws CommandFailedException, InterruptedException {
      parsed(query);
      try {
        long rangeMillis = DurationText.parseMillis(range);
        long stepMillis = DurationText.parseMillis(step);
        if (run) {
          long now = System.currentTimeMillis() / 1000 * 1000;
          String costs = new ExplainRun(hub).explain(query, now - rangeMillis, now, stepMillis);
          spec.commandLine().getOut().println(costs.stripTrailing());
          return ExitCode.SUCCESS;
        }
        String plan =
            new QueryEngine(EngineOptions.defaults())
                .explain(query, 0, rangeMillis, stepMillis, QueryOptions.defaults());
        spec.commandLine().getOut().println(plan.stripTrailing());
        return ExitCode.SUCCESS;
      } catch (IllegalArgumentException | QueryException e) {
        throw new CommandFailedException(String.valueOf(e.getMessage()), e);
      }
    }
  }

  private static Expr parsed(String query) throws CommandFailedException {
    try {
      return Parser.parse(query, ParserOptions.ALL);
    } catch (ParseException e) {
      throw new CommandFailedException(e.getMessage() + "\n" + e.underlined(), e);
    }
  }
}
