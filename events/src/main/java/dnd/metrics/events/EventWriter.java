package dnd.metrics.events;

/**
 * Writes the envelope of the events that the service sends: CloudEvents 1.0 in structured mode,
 * with every attribute. Between {@link #begin} and {@link #end} the caller adds extension
 * attributes, each with a comma in front, and then {@code ,"data":{...}}.
 */
public final class EventWriter {
  private static final String SPEC = ",\"specversion\":\"1.0\",\"id\":";
  private static final String SOURCE = ",\"source\":\"" + EventTypes.SERVICE_NAME + "\",\"time\":";

  private EventWriter() {}

  /** Opens the object and writes type, specversion, id, source and time. */
  public static JsonBuffer begin(JsonBuffer out, String type, String id, long timeMillis) {
    return out.raw("{\"type\":").string(type).raw(SPEC).string(id).raw(SOURCE).time(timeMillis);
  }

  public static JsonBuffer end(JsonBuffer out) {
    return out.raw('}');
  }
}
