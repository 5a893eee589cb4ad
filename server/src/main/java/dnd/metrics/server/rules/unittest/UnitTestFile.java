package dnd.metrics.server.rules.unittest;

import java.util.List;

/**
 * A file of unit tests.
 *
 * @param ruleFiles names of rule files, which may be patterns, relative to the file
 * @param evaluationIntervalMillis between evaluations of every group
 * @param groupOrder names of groups that are evaluated in this order
 * @param fuzzyCompare whether numbers are equal that are neighbours
 */
record UnitTestFile(
    List<String> ruleFiles,
    long evaluationIntervalMillis,
    List<String> groupOrder,
    boolean fuzzyCompare,
    List<UnitTest> tests) {
  UnitTestFile {
    ruleFiles = List.copyOf(ruleFiles);
    groupOrder = List.copyOf(groupOrder);
    tests = List.copyOf(tests);
  }
}
