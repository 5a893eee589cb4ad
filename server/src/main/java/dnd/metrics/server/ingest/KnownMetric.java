package dnd.metrics.server.ingest;

import dnd.metrics.server.head.HeadSeries;
import dnd.metrics.server.model.Labels;
import org.jspecify.annotations.Nullable;

/**
 * All of a metric of an event but for value and time: what it is called, which series it means, and
 * what was said about it. The parser makes one for each metric it reads; the predictor keeps them
 * with the bytes they were read from. For one thread, but for the series, which has its own rules.
 */
final class KnownMetric {
  static final long NOT_CREATED = Long.MIN_VALUE;

  final String name;
  final ValueKind kind;

  /**
   * The labels of the series, name, service and instance included; of a whole classic histogram
   * those without {@code le} and with the histogram's own name. Once the series is known, these are
   * its labels, so that memory holds them once.
   */
  Labels labels;

  /** When the counting began, Unix milliseconds, or {@link #NOT_CREATED}. */
  final long createdMillis;

  /** The metric's type in words, such as {@code counter}. */
  final String type;

  /** What the event said, or null where it said nothing. */
  final @Nullable String help;

  final @Nullable String unit;

  /** The series that {@link #labels} meant last time; asked whether it is live before each use. */
  @Nullable HeadSeries series;

  /** The state of {@link MetadataNotes} in which this metric had nothing new to say. */
  @Nullable Object metadataSaid;

  /** Where {@link MetadataNotes} keeps what is known of the name; looked up once. */
  MetadataNotes.@Nullable Note note;

  KnownMetric(
      String name,
      ValueKind kind,
      Labels labels,
      long createdMillis,
      String type,
      @Nullable String help,
      @Nullable String unit) {
    this.name = name;
    this.kind = kind;
    this.labels = labels;
    this.createdMillis = createdMillis;
    this.type = type;
    this.help = help;
    this.unit = unit;
  }
}
