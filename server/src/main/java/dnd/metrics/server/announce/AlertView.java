package dnd.metrics.server.announce;

import dnd.metrics.server.model.Labels;
import java.util.List;

/**
 * An alert that is pending or fires, as {@code alerts.status} shows it. Immutable.
 *
 * @param status {@code pending} or {@code firing}
 * @param state what becomes of it
 * @param startedAtMillis when it began to fire; of a pending one since when its condition holds
 * @param receivers to whom it is announced, where receivers are configured
 */
public record AlertView(
    String name,
    String status,
    State state,
    Labels labels,
    Labels annotations,
    double value,
    long startedAtMillis,
    String group,
    String file,
    String source,
    List<String> silencedBy,
    List<String> inhibitedBy,
    List<String> mutedBy,
    List<String> receivers) {

  /** What becomes of an alert, in Alertmanager's words. */
  public enum State {
    /** It does not fire yet. */
    PENDING("pending"),
    /** It fires and waits for its group's time. */
    UNPROCESSED("unprocessed"),
    /** It fires and was announced. */
    ACTIVE("active"),
    /** It fires, and something keeps it from being announced. */
    SUPPRESSED("suppressed");

    private final String text;

    State(String text) {
      this.text = text;
    }

    /** The word that events carry. */
    public String text() {
      return text;
    }
  }

  public AlertView {
    silencedBy = List.copyOf(silencedBy);
    inhibitedBy = List.copyOf(inhibitedBy);
    mutedBy = List.copyOf(mutedBy);
    receivers = List.copyOf(receivers);
  }

  /** An alert whose condition holds, but not yet for as long as its rule wants. */
  public static AlertView pending(
      String name,
      Labels labels,
      Labels annotations,
      double value,
      long sinceMillis,
      String group,
      String file,
      String source) {
    return new AlertView(
        name,
        State.PENDING.text(),
        State.PENDING,
        labels,
        annotations,
        value,
        sinceMillis,
        group,
        file,
        source,
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  static AlertView of(
      Alert alert, boolean announced, Suppression suppression, List<String> receivers) {
    State firing = announced ? State.ACTIVE : State.UNPROCESSED;
    return new AlertView(
        alert.rule(),
        alert.status().text(),
        suppression.none() ? firing : State.SUPPRESSED,
        alert.labels(),
        alert.annotations(),
        alert.value(),
        alert.startedAtMillis(),
        alert.group(),
        alert.file(),
        alert.source(),
        suppression.silencedBy(),
        suppression.inhibitedBy(),
        suppression.mutedBy(),
        receivers);
  }
}
