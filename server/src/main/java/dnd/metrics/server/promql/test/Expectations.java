package dnd.metrics.server.promql.test;

import dnd.metrics.server.promql.exec.Annotations;
import java.util.List;
import java.util.Optional;

/**
 * What an {@code eval} expects besides its values.
 *
 * @param failures at most one: the error
 * @param noWarnings whether there must be none; otherwise, without {@code warnings}, any are fine
 */
record Expectations(
    boolean ordered,
    List<TextPattern> failures,
    List<TextPattern> warnings,
    List<TextPattern> infos,
    boolean noWarnings,
    boolean noInfos) {
  Expectations {
    failures = List.copyOf(failures);
    warnings = List.copyOf(warnings);
    infos = List.copyOf(infos);
  }

  boolean failure() {
    return !failures.isEmpty();
  }

  /** What is wrong with an error that came where one was expected. */
  Optional<String> checkFailure(String message) {
    return failures.stream()
        .filter(expected -> !expected.matches(message))
        .findFirst()
        .map(expected -> "expected error " + expected + ", but got: " + message);
  }

  /** What is wrong with a result's annotations. */
  Optional<String> checkAnnotations(Annotations actual) {
    return check("warn", warnings, noWarnings, actual.warnings())
        .or(() -> check("info", infos, noInfos, actual.infos()));
  }

  private static Optional<String> check(
      String kind, List<TextPattern> expected, boolean none, List<String> actual) {
    if (none && !actual.isEmpty()) {
      return Optional.of("unexpected " + kind + " annotations: " + actual);
    }
    if (expected.isEmpty()) {
      return Optional.empty();
    }
    if (actual.isEmpty()) {
      return Optional.of("expected " + kind + " annotations " + expected + ", but got none");
    }
    for (TextPattern pattern : expected) {
      if (actual.stream().noneMatch(pattern::matches)) {
        return Optional.of("expected " + kind + " annotation " + pattern + ", found: " + actual);
      }
    }
    return actual.stream()
        .filter(text -> expected.stream().noneMatch(pattern -> pattern.matches(text)))
        .findFirst()
        .map(text -> "unexpected " + kind + " annotation: " + text);
  }
}
