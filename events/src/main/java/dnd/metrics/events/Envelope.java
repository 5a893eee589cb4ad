package dnd.metrics.events;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event as it came in: the seed's {@code {"type", "data"}}, which is also a CloudEvents 1.0
 * structured-mode event whose other attributes are optional. For events that are small or rare;
 * pushes are read as a stream.
 *
 * @param type such as {@code metrics.query}
 * @param id the CloudEvents id, or null
 * @param source the CloudEvents source, or null
 * @param timeMillis the CloudEvents time in Unix milliseconds, or null
 * @param data the payload; not copied, must not be changed
 * @param attributes the whole object, for extension attributes such as {@code seq}
 */
public record Envelope(
    String type,
    @Nullable String id,
    @Nullable String source,
    @Nullable Long timeMillis,
    ObjectNode data,
    ObjectNode attributes) {

  /** Reads an event of any type. */
  public static Envelope read(byte[] bytes, int offset, int length) throws InvalidEventException {
    ObjectNode object = StrictJson.object(bytes, offset, length);
    Fields fields = new Fields(object, "");
    String type = fields.requireString("type");
    String specversion = fields.string("specversion");
    if (specversion != null && !specversion.equals("1.0")) {
      throw new InvalidEventException(
          ErrorCode.UNSUPPORTED_SPECVERSION, "specversion", "must be \"1.0\"");
    }
    String id = fields.string("id");
    String source = fields.string("source");
    Long time = fields.timestamp("time");
    JsonNode data = fields.node("data");
    if (data == null) {
      throw fields.missing("data");
    }
    if (!(data instanceof ObjectNode dataObject)) {
      throw new InvalidEventException(ErrorCode.WRONG_TYPE, "data", "must be an object");
    }
    return new Envelope(type, id, source, time, dataObject, object);
  }

  public static Envelope read(byte[] bytes) throws InvalidEventException {
    return read(bytes, 0, bytes.length);
  }

  /** Reads an event that must be of type {@code wanted}. */
  public static Envelope read(byte[] bytes, int offset, int length, String wanted)
      throws InvalidEventException {
    Envelope envelope = read(bytes, offset, length);
    envelope.requireType(wanted);
    return envelope;
  }

  /** Checks the type; of a type that has a {@linkplain EventTypes#twin twin}, either will do. */
  public void requireType(String wanted) throws InvalidEventException {
    if (!type.equals(wanted) && !type.equals(EventTypes.twin(wanted))) {
      throw new InvalidEventException(
          ErrorCode.UNKNOWN_EVENT_TYPE, "type", "must be \"" + wanted + "\" on this subject");
    }
  }

  /** The fields of {@link #data}. */
  public Fields fields() {
    return new Fields(data, "data.");
  }
}
