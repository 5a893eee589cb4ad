package dnd.metrics.server.announce;

import dnd.metrics.events.Fields;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.StrictJson;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A part of a list that fits into one message, and where the rest begins: {@code total} says how
 * many there are, and {@code next}, where there are more, what {@code after} gives the rest.
 *
 * @param limit the most elements; 0 is as many as fit
 * @param after the key of the last element of the page before, or null
 * @param maxBytes how large the elements may be together
 */
record Page(int limit, @Nullable String after, int maxBytes) {
  /** What of a message is not the list. */
  private static final int ROOM_BYTES = 4096;

  static Page of(Fields data, int maxPayloadBytes) throws InvalidEventException {
    return new Page(
        data.limit("limit", 0),
        data.string("after"),
        Math.max(ROOM_BYTES, maxPayloadBytes - ROOM_BYTES));
  }

  /**
   * Puts the page into {@code answer}.
   *
   * @param sorted all elements, in the order of their keys
   * @param key unique; the elements are sorted by it
   */
  <T> void put(
      ObjectNode answer,
      String name,
      List<T> sorted,
      Function<T, String> key,
      Function<T, ObjectNode> json) {
    ArrayNode array = answer.putArray(name);
    answer.put("total", sorted.size());
    long bytes = 0;
    String last = null;
    for (T element : sorted) {
      String elementKey = key.apply(element);
      if (after != null && elementKey.compareTo(after) <= 0) {
        continue;
      }
      ObjectNode node = json.apply(element);
      bytes += StrictJson.mapper().writeValueAsBytes(node).length + 1;
      if (last != null && (bytes > maxBytes || (limit > 0 && array.size() >= limit))) {
        answer.put("next", last);
        return;
      }
      array.add(node);
      last = elementKey;
    }
  }
}
