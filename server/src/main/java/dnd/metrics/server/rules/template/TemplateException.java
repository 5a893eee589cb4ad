package dnd.metrics.server.rules.template;

/** A template that cannot be read or expanded; the message is Go's, the place included. */
public final class TemplateException extends Exception {
  private static final long serialVersionUID = 1L;

  public TemplateException(String message) {
    super(message);
  }
}
