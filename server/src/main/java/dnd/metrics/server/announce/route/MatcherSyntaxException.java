package dnd.metrics.server.announce.route;

/** A text that is no matcher; the message says where, as Alertmanager words it. */
public final class MatcherSyntaxException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  MatcherSyntaxException(String message) {
    super(message);
  }
}
