package dnd.metrics.server.cli;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dnd.metrics.server.rules.unittest.FileReport;
import dnd.metrics.server.rules.unittest.JunitReport;
import dnd.metrics.server.rules.unittest.RuleTestRunner;
import dnd.metrics.server.rules.unittest.TestOptions;
import dnd.metrics.server.rules.unittest.TestReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rules test FILE...}: promtool's unit tests of rules, run by the service's evaluator. */
@Command(
    name = "test",
    description = {
      "Runs unit tests of rules in promtool's format, without a running service.",
      "Exit code 1 where one fails."
    },
    mixinStandardHelpOptions = true)
final class RulesTestCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "The files of unit tests.")
  private List<Path> files;

  @Option(
      names = "--run",
      paramLabel = "REGEX",
      description = "Only tests with a name that matches; may be given several times.")
  private List<String> run = List.of();

  @Option(names = "--debug", description = "Print what each test has stored.")
  private boolean debug;

  @Option(names = "--diff", description = "Print alerts that differ line by line.")
  private boolean difference;

  @Option(
      names = "--ignore-unknown-fields",
      description = "Take unknown fields of rule files for somebody else's.")
  private boolean ignoreUnknownFields;

  @Option(names = "--junit", paramLabel = "FILE", description = "Write the results as JUnit XML.")
  private @Nullable Path junit;

  @Override
  public Integer call() throws CommandFailedException {
    RuleTestRunner runner =
        new RuleTestRunner(new TestOptions(names(), debug, difference, ignoreUnknownFields));
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<FileReport> reports = new ArrayList<>();
    for (Path file : files) {
      out.println("Unit Testing:  " + file);
      out.flush();
      FileReport report = runner.run(file);
      report.warnings().forEach(warning -> err.println("  WARNING: " + warning));
      report.tests().forEach(this::debug);
      if (report.passed()) {
        out.println("  SUCCESS");
      } else {
        err.println("  FAILED:");
        report.failures().forEach(failure -> err.println(failure + "\n"));
        err.flush();
      }
      out.println();
      reports.add(report);
    }
    Path junitFile = junit;
    if (junitFile != null) {
      write(junitFile, JunitReport.print(reports));
    }
    return reports.stream().allMatch(FileReport::passed) ? ExitCode.SUCCESS : ExitCode.FAILURE;
  }

  private @Nullable Pattern names() {
    if (run.isEmpty()) {
      return null;
    }
    try {
      return Pattern.compile(String.join("|", run));
    } catch (PatternSyntaxException e) {
      throw new ParameterException(spec.commandLine(), "--run: " + e.getMessage(), e);
    }
  }

  private void debug(TestReport test) {
    if (debug) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("DEBUG: Test " + test.name() + ":");
      test.notes().forEach(err::println);
    }
  }

  private static void write(Path file, String text) throws CommandFailedException {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new CommandFailedException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
