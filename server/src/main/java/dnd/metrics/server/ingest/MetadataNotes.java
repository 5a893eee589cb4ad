package dnd.metrics.server.ingest;

import dnd.metrics.server.head.MetricMetadata;
import dnd.metrics.server.head.SenderBatch;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is known of each metric's type, help and unit, so that only changes are handed to the head.
 * The last word counts; an event that says nothing of help or unit leaves them as they were. Safe
 * for use by several threads.
 */
final class MetadataNotes {
  private static final MetricMetadata NOTHING = new MetricMetadata("", "", "");

  /** What is known of one metric name. */
  static final class Note {
    private volatile MetricMetadata current;

    private Note(MetricMetadata current) {
      this.current = current;
    }
  }

  private final ConcurrentHashMap<String, Note> notes = new ConcurrentHashMap<>();

  MetadataNotes(Map<String, MetricMetadata> known) {
    known.forEach((name, metadata) -> notes.put(name, new Note(metadata)));
  }

  /** Tells the head where {@code metric} says something new. */
  @SuppressWarnings("ReferenceEquality") // the same object means that nothing was said since
  void say(MetricDescription metric, SenderBatch batch) {
    Note note = metric.note;
    if (note == null) {
      note = notes.computeIfAbsent(metric.name, name -> new Note(NOTHING));
      metric.note = note;
    }
    MetricMetadata current = note.current;
    if (metric.metadataSaid == current) {
      return;
    }
    synchronized (note) {
      current = note.current;
      MetricMetadata said =
          new MetricMetadata(
              metric.type,
              metric.help == null ? current.help() : metric.help,
              metric.unit == null ? current.unit() : metric.unit);
      if (!said.equals(current)) {
        batch.metadata(metric.name, said);
        note.current = said;
        current = said;
      }
      metric.metadataSaid = current;
    }
  }
}
