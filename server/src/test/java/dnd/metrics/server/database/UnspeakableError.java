package dnd.metrics.server.database;

/** An error of which nothing can be said either for want of memory. */
public final class UnspeakableError extends OutOfMemoryError {
  private static final long serialVersionUID = 1;

  @Override
  public String getMessage() {
    throw new OutOfMemoryError("to say why");
  }
}
