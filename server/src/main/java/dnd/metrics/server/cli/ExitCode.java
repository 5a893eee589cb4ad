package dnd.metrics.server.cli;

/** How the program ends, for shells and supervisors. */
public final class ExitCode {
  public static final int SUCCESS = 0;

  /** The command was understood and could not be done, or a check it made failed. */
  public static final int FAILURE = 1;

  /** The command line is wrong. */
  public static final int USAGE = 2;

  /** Nothing is wrong but something is odd, and the command was told not to let that pass. */
  public static final int LINT = 3;

  private ExitCode() {}
}
