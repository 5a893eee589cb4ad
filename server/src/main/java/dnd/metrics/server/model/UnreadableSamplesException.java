package dnd.metrics.server.model;

/**
 * Samples that should be there cannot be read, since the storage they are in is damaged. The
 * message says where, for the user. Thrown by {@link SeriesSource}, {@link Series} and {@link
 * SampleReader}.
 */
public class UnreadableSamplesException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UnreadableSamplesException(String message) {
    super(message);
  }

  public UnreadableSamplesException(String message, Throwable cause) {
    super(message, cause);
  }
}
