package dnd.metrics.server.rules.unittest;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dnd.metrics.server.rules.RuleTester;
import java.util.Map;

/** Runs unit tests that come by event: bounded, so that nobody keeps the service busy with them. */
public final class EventRuleTester implements RuleTester {
  static final TestLimits LIMITS = new TestLimits(500_000, 100_000, 10_000, 16 << 20);

  @Override
  public Result test(String tests, Map<String, String> ruleFiles, String run) {
    Pattern names;
    try {
      names = run.isEmpty() ? null : Pattern.compile(run);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    TestOptions options = new TestOptions(names, false, false, false, LIMITS);
    FileReport report = new RuleTestRunner(options).run("tests", tests, ruleFiles);
    return new Result(
        report.problems(),
        report.warnings(),
        report.tests().stream().map(test -> new Test(test.name(), test.failures())).toList());
  }
}
