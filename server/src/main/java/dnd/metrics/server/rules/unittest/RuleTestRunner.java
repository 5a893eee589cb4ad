package dnd.metrics.server.rules.unittest;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.rules.PreparedGroup;
import dnd.metrics.server.rules.RuleDefaults;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs files of unit tests as promtool 3.14 does; rules are evaluated by the evaluator and the
 * engine of the service. Tests have nothing in common. Not safe for use by several threads.
 */
public final class RuleTestRunner {
  private final TestOptions options;

  public RuleTestRunner(TestOptions options) {
    this.options = options;
  }

  /** Runs a file of tests, with the rule files that it names. */
  public FileReport run(Path file) {
    return run(
        file.toString(),
        () -> text(file),
        (content, warnings) -> ruleFiles(file, content, warnings));
  }

  /**
   * Runs tests that are no file.
   *
   * @param name what the report calls them
   * @param ruleFiles the texts of the rule files that they may name
   */
  public FileReport run(String name, String tests, Map<String, String> ruleFiles) {
    return run(name, () -> tests, (content, warnings) -> ruleFiles(ruleFiles, content, warnings));
  }

  /** Where the tests come from. */
  private interface Source {
    String text() throws UnitTestException;
  }

  /** Where their rule files come from: texts by name. */
  private interface RuleFiles {
    Map<String, String> of(UnitTestFile content, List<String> warnings) throws UnitTestException;
  }

  private FileReport run(String file, Source source, RuleFiles rules) {
    List<String> warnings = new ArrayList<>();
    List<TestReport> tests = new ArrayList<>();
    try {
      UnitTestFile content = UnitTestReader.read(source.text());
      Map<String, String> ruleFiles = rules.of(content, warnings);
      refuseRepeated(content.groupOrder());
      TestBudget budget = new TestBudget(options.limits());
      for (int i = 0; i < content.tests().size(); i++) {
        UnitTest test = content.tests().get(i);
        if (!options.includes(test.name())) {
          continue;
        }
        String over = budget.problem();
        if (over != null) {
          return new FileReport(file, List.of(over + ": not all tests were run"), warnings, tests);
        }
        String name = test.name().isEmpty() ? "unnamed#" + i : test.name();
        tests.add(run(name, test, content, ruleFiles, budget));
      }
      return new FileReport(file, List.of(), warnings, tests);
    } catch (UnitTestException e) {
      return new FileReport(file, List.of(String.valueOf(e.getMessage())), warnings, List.of());
    }
  }

  private static String text(Path file) throws UnitTestException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new UnitTestException(List.of("open " + file + ": no such file or directory"));
    } catch (MalformedInputException e) {
      throw new UnitTestException(List.of(file + ": is not UTF-8"));
    } catch (IOException e) {
      throw new UnitTestException(List.of(file + ": cannot be read: " + e));
    }
  }

  private static Map<String, String> ruleFiles(
      Map<String, String> known, UnitTestFile content, List<String> warnings)
      throws UnitTestException {
    Map<String, String> found = new LinkedHashMap<>();
    for (String pattern : content.ruleFiles()) {
      List<String> matches = FilePattern.matches(known.keySet(), pattern);
      if (matches.isEmpty()) {
        warnings.add("no file match pattern " + pattern);
      }
      matches.forEach(name -> found.put(name, known.getOrDefault(name, "")));
    }
    return found;
  }

  private static Map<String, String> ruleFiles(
      Path file, UnitTestFile content, List<String> warnings) throws UnitTestException {
    Path folder = file.getParent() == null ? Path.of("") : file.getParent();
    Map<String, String> found = new LinkedHashMap<>();
    for (String pattern : content.ruleFiles()) {
      List<Path> matches = FilePattern.matches(folder, pattern);
      if (matches.isEmpty()) {
        warnings.add("no file match pattern " + folder.resolve(pattern));
      }
      for (Path match : matches) {
        found.put(match.toString(), text(match));
      }
    }
    return found;
  }

  private static void refuseRepeated(List<String> groupOrder) throws UnitTestException {
    Set<String> seen = new HashSet<>();
    for (String name : groupOrder) {
      if (!seen.add(name)) {
        throw new UnitTestException(List.of("group name repeated in evaluation order: " + name));
      }
    }
  }

  static void refuse(@Nullable String problem) throws UnitTestException {
    if (problem != null) {
      throw new UnitTestException(List.of(problem));
    }
  }

  private TestReport run(
      String name,
      UnitTest test,
      UnitTestFile file,
      Map<String, String> ruleFiles,
      TestBudget budget) {
    try {
      long step =
          test.intervalMillis() == 0 ? file.evaluationIntervalMillis() : test.intervalMillis();
      InputSamples input = InputSamples.read(test.inputSeries(), test.startMillis(), step, budget);
      RuleDefaults defaults =
          new RuleDefaults(
              file.evaluationIntervalMillis(),
              0,
              Labels.of(test.externalLabels()),
              test.externalUrl());
      List<PreparedGroup> groups =
          TestGroups.load(ruleFiles, file.groupOrder(), defaults, options.ignoreUnknownFields());
      long steps = test.lastMillis() / file.evaluationIntervalMillis() + 1;
      int rules = groups.stream().mapToInt(group -> group.rules().size()).sum();
      refuse(budget.takeEvaluations(steps, Math.max(1, rules)));
      return new TestRun(name, test, file, options, input, groups, budget).run();
    } catch (UnitTestException e) {
      return new TestReport(name, List.of(String.valueOf(e.getMessage())), List.of());
    }
  }
}
