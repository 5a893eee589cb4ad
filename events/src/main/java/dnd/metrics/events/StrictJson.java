package dnd.metrics.events;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON as events may use it: RFC 8259 in UTF-8 and nothing beyond, every key of an object once, and
 * bounds on depth and lengths, so that no payload costs more than its size. Safe for use by several
 * threads.
 */
public final class StrictJson {
  public static final int MAX_DEPTH = 32;
  public static final int MAX_TEXT_CHARS = 1 << 20;
  public static final int MAX_NAME_CHARS = 1 << 14;
  public static final int MAX_NUMBER_CHARS = 400;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_TEXT_CHARS)
                  .maxNameLength(MAX_NAME_CHARS)
                  .maxNumberLength(MAX_NUMBER_CHARS)
                  .build())
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          // Senders choose the keys of labels; none of them may stay in memory for good.
          .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
          .build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              FACTORY.rebuild().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .build();

  private StrictJson() {}

  /** A parser over a part of an array, which must be valid UTF-8 ({@link Utf8#isValid}). */
  public static JsonParser parser(byte[] bytes, int offset, int length) {
    return new UniqueKeysParser(
        FACTORY.createParser(ObjectReadContext.empty(), bytes, offset, length));
  }

  /** The mapper, for those who read or write trees. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /** Reads a payload that must be exactly one JSON object. */
  public static ObjectNode object(byte[] bytes, int offset, int length)
      throws InvalidEventException {
    requireUtf8(bytes, offset, length);
    try (JsonParser parser = MAPPER.createParser(bytes, offset, length)) {
      JsonNode node = MAPPER.readTree(parser);
      if (!(node instanceof ObjectNode object)) {
        throw notAnObject();
      }
      if (parser.nextToken() != null) {
        throw new InvalidEventException(ErrorCode.INVALID_JSON, "", "something follows the object");
      }
      return object;
    } catch (JacksonException e) {
      throw new InvalidEventException(problem(e));
    }
  }

  public static void requireUtf8(byte[] bytes, int offset, int length)
      throws InvalidEventException {
    if (!Utf8.isValid(bytes, offset, length)) {
      throw new InvalidEventException(ErrorCode.INVALID_UTF8, "", "the payload is not UTF-8");
    }
  }

  public static InvalidEventException notAnObject() {
    return new InvalidEventException(
        ErrorCode.INVALID_JSON, "", "the payload is not one JSON object");
  }

  /** What Jackson found wrong, in our codes. */
  public static Problem problem(JacksonException e) {
    String text = e.getOriginalMessage() == null ? "" : e.getOriginalMessage();
    if (e instanceof StreamConstraintsException) {
      return text.contains("nesting depth")
          ? new Problem(
              ErrorCode.PAYLOAD_TOO_DEEP, "", "nested deeper than " + MAX_DEPTH + " levels")
          : new Problem(ErrorCode.TEXT_TOO_LONG, "", "a text, key or number is too long");
    }
    String where =
        e.getLocation() == null
            ? ""
            : " (line "
                + e.getLocation().getLineNr()
                + ", column "
                + e.getLocation().getColumnNr()
                + ")";
    if (text.startsWith("Duplicate ")) {
      int open = text.indexOf('"');
      int close = text.lastIndexOf('"');
      String key = open >= 0 && close > open ? text.substring(open, close + 1) : "a key";
      return new Problem(ErrorCode.DUPLICATE_KEY, "", key + " comes twice in one object" + where);
    }
    String firstLine = text.lines().findFirst().orElse("not JSON");
    int hint = firstLine.indexOf(": enable `"); // speaks to programmers of this program
    if (hint > 0) {
      firstLine = firstLine.substring(0, hint);
    }
    return new Problem(ErrorCode.INVALID_JSON, "", shorten(firstLine) + where);
  }

  private static String shorten(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "...";
  }
}
