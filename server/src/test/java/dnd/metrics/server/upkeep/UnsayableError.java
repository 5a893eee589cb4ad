package dnd.metrics.server.upkeep;

/** For want of memory, of which there is not enough to say so either. */
public final class UnsayableError extends OutOfMemoryError {
  private static final long serialVersionUID = 1;

  @Override
  public String getMessage() {
    throw new OutOfMemoryError("of the test, to say so");
  }
}
