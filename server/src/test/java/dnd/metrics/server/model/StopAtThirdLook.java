package dnd.metrics.server.model;

/** Stops a search when it is asked for the third time. */
public final class StopAtThirdLook implements SearchProgress {
  /** What it throws. */
  public static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private int looks;

  @Override
  public void check() {
    if (++looks == 3) {
      throw new Stopped();
    }
  }
}
