package dnd.metrics.events;

/**
 * What is wrong, and where.
 *
 * @param field the path of the field, such as {@code data.metrics[3].name}, or empty where the
 *     whole event is meant
 * @param message one clause for a person, without the field
 */
public record Problem(ErrorCode code, String field, String message) {
  /** Field and message in one line, as replies carry it. */
  public String description() {
    return field.isEmpty() ? message : field + ": " + message;
  }
}
