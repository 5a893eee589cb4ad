package dnd.metrics.events;

/**
 * An event, or a part of it, that cannot be taken. It carries no stack trace: wrong input is an
 * expected outcome of reading, and the {@link Problem} says all there is to say.
 */
public final class InvalidEventException extends Exception {
  private final transient Problem problem;

  public InvalidEventException(Problem problem) {
    super(problem.code().text() + ": " + problem.description(), null, false, false);
    this.problem = problem;
  }

  public InvalidEventException(ErrorCode code, String field, String message) {
    this(new Problem(code, field, message));
  }

  public Problem problem() {
    return problem;
  }
}
