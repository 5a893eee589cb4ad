package dnd.metrics.server.cli;

import dnd.metrics.events.Durations;
import dnd.metrics.events.Timestamps;
import java.util.Optional;

/**
 * Times as one types them: RFC 3339, a date, Unix seconds, {@code now}, or so long ago: {@code
 * now-1h}, {@code -1h}, {@code 1h}.
 */
final class TimeText {
  private TimeText() {}

  /** Unix milliseconds, or empty where the text is no time. */
  static Optional<Long> parse(String text, long nowMillis) {
    String stripped = text.strip();
    if (stripped.equals("now")) {
      return Optional.of(nowMillis);
    }
    boolean isNow = stripped.startsWith("now");
    String offset = isNow ? stripped.substring("now".length()) : stripped;
    boolean relative = offset.startsWith("-") || (offset.startsWith("+") && isNow);
    if (relative) {
      Long millis = Durations.parse(offset.substring(1));
      if (millis != null && (isNow || hasUnit(offset))) {
        return Optional.of(offset.startsWith("-") ? nowMillis - millis : nowMillis + millis);
      }
    }
    Long ago = hasUnit(stripped) ? Durations.parse(stripped) : null;
    if (ago != null) {
      return Optional.of(nowMillis - ago);
    }
    if (stripped.matches("\\d{4}-\\d\\d-\\d\\d")) {
      return Optional.ofNullable(Timestamps.parse(stripped + "T00:00:00Z"));
    }
    return Optional.ofNullable(Timestamps.parse(stripped));
  }

  /** A bare number is Unix seconds, also below zero; with a unit it is a duration. */
  private static boolean hasUnit(String offset) {
    return !offset.isEmpty() && Character.isLetter(offset.charAt(offset.length() - 1));
  }
}
