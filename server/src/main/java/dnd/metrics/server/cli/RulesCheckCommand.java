package dnd.metrics.server.cli;

import dnd.metrics.server.rules.file.DuplicateRule;
import dnd.metrics.server.rules.file.RuleFileReader;
import dnd.metrics.server.rules.file.RuleFileReading;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rules check FILE...}: whether rule files are right, as promtool tells it. */
@Command(
    name = "check",
    description = {
      "Checks rule files without a running service: every problem with its place.",
      "Exit code 1 where a file is wrong, 3 where --lint-fatal is given and rules are there twice."
    },
    mixinStandardHelpOptions = true)
final class RulesCheckCommand implements Callable<Integer> {
  private static final Set<String> LINTS = Set.of("all", "duplicate-rules", "none");

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "The rule files; standard input where none is given.")
  private List<Path> files = List.of();

  @Option(
      names = "--lint",
      paramLabel = "WHAT",
      defaultValue = "duplicate-rules",
      description =
          "What to look for beyond errors: all, duplicate-rules or none"
              + " (default: ${DEFAULT-VALUE}).")
  private String lint;

  @Option(names = "--lint-fatal", description = "Exit with code 3 where --lint finds something.")
  private boolean lintFatal;

  @Option(
      names = "--ignore-unknown-fields",
      description = "Take unknown fields for somebody else's.")
  private boolean ignoreUnknownFields;

  private boolean wrong;
  private boolean linted;

  @Override
  public Integer call() throws CommandFailedException {
    if (!LINTS.contains(lint)) {
      throw new ParameterException(
          spec.commandLine(), "unknown --lint '" + lint + "': all, duplicate-rules or none");
    }
    PrintWriter out = spec.commandLine().getOut();
    if (files.isEmpty()) {
      out.println("Checking standard input");
      check("", standardInput());
    }
    for (Path file : files) {
      out.println("Checking " + file);
      try {
        check(file + ": ", decoded(Files.readAllBytes(file)));
      } catch (NoSuchFileException e) {
        failed(List.of(file + ": open " + file + ": no such file or directory"));
      } catch (CharacterCodingException e) {
        failed(List.of(file + ": yaml: invalid UTF-8"));
      } catch (IOException e) {
        failed(List.of(file + ": " + e));
      }
      out.println();
    }
    if (wrong) {
      return ExitCode.FAILURE;
    }
    return linted && lintFatal ? ExitCode.LINT : ExitCode.SUCCESS;
  }

  private static String standardInput() throws CommandFailedException {
    try {
      InputStream in = System.in;
      return decoded(in.readAllBytes());
    } catch (IOException e) {
      throw new CommandFailedException("cannot read standard input: " + e.getMessage(), e);
    }
  }

  private static String decoded(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .decode(ByteBuffer.wrap(bytes))
        .toString();
  }

  private void check(String prefix, String text) {
    RuleFileReading reading = RuleFileReader.read(text, ignoreUnknownFields);
    PrintWriter err = spec.commandLine().getErr();
    reading.warnings().forEach(warning -> err.println("  WARNING: " + prefix + warning));
    if (!reading.isValid()) {
      wrong = true;
      failed(reading.problems().stream().map(problem -> prefix + problem).toList());
      return;
    }
    List<DuplicateRule> duplicates =
        lint.equals("none") ? List.of() : DuplicateRule.in(reading.file());
    if (!duplicates.isEmpty()) {
      linted = true;
      print(List.of(words(duplicates)));
      return;
    }
    spec.commandLine()
        .getOut()
        .println("  SUCCESS: " + reading.file().ruleCount() + " rules found");
  }

  private void failed(List<String> lines) {
    wrong = true;
    print(lines);
  }

  private void print(List<String> lines) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("  FAILED:");
    lines.forEach(err::println);
  }

  private static String words(List<DuplicateRule> duplicates) {
    StringBuilder words = new StringBuilder("lint error ");
    words.append(duplicates.size()).append(" duplicate rule(s) found.\n");
    for (DuplicateRule rule : duplicates) {
      words.append("Metric: ").append(rule.name()).append("\nLabel(s):\n");
      rule.labels()
          .forEach((name, value) ->
              words.append('\t').append(name).append(": ").append(value).append('\n'));
    }
    return words.append("Might cause inconsistency while recording expressions").toString();
  }
}
