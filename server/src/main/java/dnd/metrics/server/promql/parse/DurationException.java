package dnd.metrics.server.promql.parse;

/**
 * A duration expression without a usable value (division by zero, negative, infinite). The message
 * is Prometheus's, with the expression's start and end in front: {@code 4:9: division by zero}.
 */
public final class DurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DurationException(PositionRange position, String reason) {
    super(position.start() + ":" + position.end() + ": " + reason);
  }
}
