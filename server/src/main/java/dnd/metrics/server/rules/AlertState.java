package dnd.metrics.server.rules;

import java.util.Locale;

/** How far an alert has come. */
public enum AlertState {
  /** It was firing, and holds no longer. */
  INACTIVE,
  /** It holds, but not yet as long as its rule's {@code for}. */
  PENDING,
  FIRING;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The word that Prometheus has for it. */
  public String text() {
    return text;
  }
}
