package dnd.metrics.server.announce;

import dnd.metrics.server.model.Labels;
import java.util.Objects;

/**
 * One firing of an alert, from when it fires to when it is resolved, as whoever found it hands it
 * to the {@link Announcer}. The same alert that fires again is another one, with another id.
 *
 * @param id unique for this firing, and the same after a restart
 * @param rule the name of the alert, which is also its label {@code alertname}
 * @param group the group of the rule, or empty
 * @param file the file of the rule, or empty
 * @param labels all labels, {@code alertname} among them
 * @param annotations with their templates expanded
 * @param value what the rule's expression gave last
 * @param startedAtMillis when it began to fire, in Unix milliseconds
 * @param resolvedAtMillis when it ended, in Unix milliseconds; 0 while it fires
 * @param correlationId of the event that caused the last change
 * @param source who found it: {@code metrics_service}, or the service that reported it
 */
public record Alert(
    String id,
    String rule,
    String group,
    String file,
    Labels labels,
    Labels annotations,
    double value,
    Status status,
    long startedAtMillis,
    long resolvedAtMillis,
    String correlationId,
    String source) {

  /** Whether the alert still holds. */
  public enum Status {
    FIRING("firing"),
    RESOLVED("resolved");

    private final String text;

    Status(String text) {
      this.text = text;
    }

    /** The word that events carry. */
    public String text() {
      return text;
    }
  }

  public Alert {
    Objects.requireNonNull(labels, "labels");
    Objects.requireNonNull(annotations, "annotations");
    Objects.requireNonNull(status, "status");
    if (id.isEmpty()) {
      throw new IllegalArgumentException("an alert without an id");
    }
  }

  public boolean firing() {
    return status == Status.FIRING;
  }

  /**
   * The same alert, over.
   *
   * @param cause the correlation id of what ended it
   */
  Alert resolved(long atMillis, String cause) {
    return new Alert(
        id,
        rule,
        group,
        file,
        labels,
        annotations,
        value,
        Status.RESOLVED,
        startedAtMillis,
        atMillis,
        cause,
        source);
  }

  /** The same alert, with what was found last. */
  public Alert seen(double newValue, Labels newAnnotations) {
    if (Double.compare(newValue, value) == 0 && newAnnotations.equals(annotations)) {
      return this;
    }
    return new Alert(
        id,
        rule,
        group,
        file,
        labels,
        newAnnotations,
        newValue,
        status,
        startedAtMillis,
        resolvedAtMillis,
        correlationId,
        source);
  }

  /** The label {@code severity}, or empty. */
  public String severity() {
    return labels.get("severity");
  }

  /** The labels as one number in 16 hexadecimal digits, as Alertmanager has it. */
  public String fingerprint() {
    return Fingerprint.of(labels);
  }
}
