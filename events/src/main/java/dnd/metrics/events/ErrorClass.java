package dnd.metrics.events;

/** Who can mend an error. */
public enum ErrorClass {
  /** The event is wrong: sending it again will not help. */
  USER("user"),
  /** A limit is reached or something is not there for now: the same event may pass later. */
  RESOURCES("resources"),
  /** A fault of the service. */
  INTERNAL("internal");

  private final String text;

  ErrorClass(String text) {
    this.text = text;
  }

  /** The word that events carry. */
  public String text() {
    return text;
  }
}
