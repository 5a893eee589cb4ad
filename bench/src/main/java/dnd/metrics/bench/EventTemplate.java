package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;

/**
 * Renders the push events of one host: what stays the same is kept as bytes, so that the generator
 * takes little of the two cores it shares with what it measures. One event carries one sample of
 * each of the host's ten gauges, in the seed document's form and order of fields.
 */
final class EventTemplate {
  /** Where the tags stand: in every metric, or once in {@code data.labels}. */
  enum Form {
    FULL,
    SHARED
  }

  private static final byte[] END_OF_METRICS = "],\"correlation_id\":\"".getBytes(UTF_8);
  private static final byte[] END = "\"}}".getBytes(UTF_8);
  private static final byte[][] NUMBERS = new byte[101][];

  /** Each metric's beginning, the comma before it included. */
  private static final byte[][] NAMES = new byte[DevopsLoad.METRICS.size()][];

  static {
    for (int i = 0; i < NUMBERS.length; i++) {
      NUMBERS[i] = Integer.toString(i).getBytes(UTF_8);
    }
    for (int i = 0; i < NAMES.length; i++) {
      NAMES[i] =
          ((i > 0 ? "," : "")
                  + "{\"name\":\""
                  + DevopsLoad.METRICS.get(i)
                  + "\",\"type\":\"gauge\",\"value\":")
              .getBytes(UTF_8);
    }
  }

  private final int host;
  private final byte[] beforeTime;
  private final byte[] afterTime;
  private final byte[] afterValue;
  private final int stableLength;

  EventTemplate(DevopsLoad.Host host, Form form) {
    this.host = host.number();
    StringBuilder labels = new StringBuilder("{");
    for (int i = 0; i < host.tagNames().size(); i++) {
      labels
          .append(i > 0 ? "," : "")
          .append('"')
          .append(host.tagNames().get(i))
          .append("\":\"")
          .append(host.tagValues().get(i))
          .append('"');
    }
    labels.append('}');
    beforeTime =
        ("{\"type\":\"metrics.push\",\"data\":{\"service\":\""
                + host.sender()
                + "\",\"timestamp\":\"")
            .getBytes(UTF_8);
    afterTime =
        (form == Form.SHARED ? "\",\"labels\":" + labels + ",\"metrics\":[" : "\",\"metrics\":[")
            .getBytes(UTF_8);
    afterValue = (form == Form.FULL ? ",\"labels\":" + labels + "}" : "}").getBytes(UTF_8);
    int length = beforeTime.length + afterTime.length + END_OF_METRICS.length + END.length;
    for (byte[] name : NAMES) {
      length += name.length + afterValue.length;
    }
    stableLength = length;
  }

  /** The timestamp of a sample as the events write it. */
  static byte[] renderTime(long millis) {
    return Instant.ofEpochMilli(millis).toString().getBytes(UTF_8);
  }

  /** How many bytes {@link #render} will append. */
  int length(DevopsLoad load, int sample, byte[] time, byte[] correlationId) {
    int length = stableLength + time.length + correlationId.length;
    for (int m = 0; m < NAMES.length; m++) {
      length += NUMBERS[load.value(m, host, sample)].length;
    }
    return length;
  }

  /** Appends the event of one sample to {@code out} and returns its length in bytes. */
  int render(DevopsLoad load, int sample, byte[] time, byte[] correlationId, WireBuffer out) {
    int from = out.size();
    out.put(beforeTime).put(time).put(afterTime);
    for (int m = 0; m < NAMES.length; m++) {
      out.put(NAMES[m]).put(NUMBERS[load.value(m, host, sample)]).put(afterValue);
    }
    out.put(END_OF_METRICS).put(correlationId).put(END);
    return out.size() - from;
  }
}
