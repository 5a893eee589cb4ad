package dnd.metrics.server.query;

import dnd.metrics.events.JsonBuffer;
import java.util.Collection;

/** Writes a list whose elements are whole: an answer in parts is cut between them only. */
final class Elements {
  private Elements() {}

  /** Writes one element as JSON. */
  @FunctionalInterface
  interface ElementWriter<T> {
    void write(JsonBuffer out, T element);
  }

  /** Writes all of them into a stream that has begun, and ends it. */
  static <T> Delivery write(
      AnswerStream stream, Collection<? extends T> elements, ElementWriter<T> writer) {
    for (T element : elements) {
      int mark = stream.mark();
      writer.write(stream.out(), element);
      if (stream.isOver()) {
        boolean alone = stream.isFirst(mark);
        stream.retreat(mark);
        Delivery cut = alone ? Delivery.TOO_LARGE : stream.nextPart();
        if (cut != Delivery.SENT) {
          return cut;
        }
        writer.write(stream.out(), element);
        if (stream.isOver()) {
          return Delivery.TOO_LARGE;
        }
      }
    }
    return stream.end();
  }
}
