package dnd.metrics.server.ingest;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.StrictJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Finds {@code data.correlation_id} in an event that was rejected, so that its sender can tell
 * which one it was, however broken the rest is.
 */
final class CorrelationSearch {
  private CorrelationSearch() {}

  /** The id, or a new one where none can be read before the payload breaks off. */
  static String find(byte[] bytes, int offset, int length) {
    String found = search(bytes, offset, length);
    return found == null || found.isEmpty() || found.length() > CorrelationIds.MAX_LENGTH
        ? CorrelationIds.make()
        : found;
  }

  private static @Nullable String search(byte[] bytes, int offset, int length) {
    try (JsonParser p = StrictJson.parser(bytes, offset, length)) {
      if (p.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      for (String field = p.nextName(); field != null; field = p.nextName()) {
        if (p.nextToken() == JsonToken.START_OBJECT && field.equals("data")) {
          return searchData(p);
        }
        p.skipChildren();
      }
    } catch (JacksonException e) {
      return null; // the event is rejected already, with the reason
    }
    return null;
  }

  private static @Nullable String searchData(JsonParser p) {
    for (String field = p.nextName(); field != null; field = p.nextName()) {
      if (p.nextToken() == JsonToken.VALUE_STRING && field.equals("correlation_id")) {
        return p.getString();
      }
      p.skipChildren();
    }
    return null;
  }
}
