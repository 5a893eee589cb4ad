package dnd.metrics.server.rules.unittest;

import java.util.List;

/** A file of unit tests that cannot be run; each line says why. */
final class UnitTestException extends Exception {
  private static final long serialVersionUID = 1L;

  UnitTestException(List<String> lines) {
    super(String.join("\n", lines));
  }
}
