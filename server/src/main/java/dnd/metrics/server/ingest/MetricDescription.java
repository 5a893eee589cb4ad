package dnd.metrics.server.ingest;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an event says of a metric beside labels, value and time. Equal where the same was said. For
 * one thread.
 */
final class MetricDescription {
  static final long NOT_CREATED = Long.MIN_VALUE;

  final String name;
  final ValueKind kind;

  /** When the counting began, Unix milliseconds, or {@link #NOT_CREATED}. */
  final long createdMillis;

  /** The metric's type in words, such as {@code counter}. */
  final String type;

  /** What the event said, or null where it said nothing. */
  final @Nullable String help;

  final @Nullable String unit;

  /** The state of {@link MetadataNotes} in which this had nothing new to say. */
  @Nullable Object metadataSaid;

  /** Where {@link MetadataNotes} keeps what is known of the name; looked up once. */
  MetadataNotes.@Nullable Note note;

  MetricDescription(
      String name,
      ValueKind kind,
      long createdMillis,
      String type,
      @Nullable String help,
      @Nullable String unit) {
    this.name = name;
    this.kind = kind;
    this.createdMillis = createdMillis;
    this.type = type;
    this.help = help;
    this.unit = unit;
  }

  /** About how many bytes of memory it takes. */
  int memoryBytes() {
    return 160
        + 2 * name.length()
        + (help == null ? 0 : 2 * help.length())
        + (unit == null ? 0 : 2 * unit.length());
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof MetricDescription other
        && other.createdMillis == createdMillis
        && other.kind == kind
        && other.name.equals(name)
        && other.type.equals(type)
        && Objects.equals(other.help, help)
        && Objects.equals(other.unit, unit);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Long.hashCode(createdMillis);
  }
}
