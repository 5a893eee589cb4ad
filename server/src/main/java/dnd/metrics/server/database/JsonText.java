package dnd.metrics.server.database;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.core.json.JsonFactory;

/** Text that must be JSON. */
final class JsonText {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonText() {}

  /** Throws where the text is not one JSON document, as some databases would. */
  static void check(String column, String text) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new IllegalArgumentException("column " + column + " holds no JSON document");
      }
      parser.skipChildren();
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("column " + column + " holds more than one document");
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "column " + column + " holds no JSON document: " + e.getOriginalMessage(), e);
    }
  }

  /** The text as it stands between the quotes of a JSON string. */
  static String escape(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsCharArray(text));
  }
}
