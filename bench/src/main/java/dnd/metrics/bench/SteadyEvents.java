package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Events of ten samples, of 100 hosts in turn, with the time at which they are made. Their
 * correlation ids are {@code PREFIX-0000-4000-8000-NUMBER}. For one thread.
 */
final class SteadyEvents {
  private final DevopsLoad values = new DevopsLoad(1_000, 1_000, 0, 7);
  private final EventTemplate[] templates =
      values.hosts().stream()
          .map(host -> new EventTemplate(host, EventTemplate.Form.FULL))
          .toArray(EventTemplate[]::new);
  private final WireBuffer payload = new WireBuffer();
  private final WireBuffer out = new WireBuffer();
  private final String prefix;

  /**
   * @param prefix eight hexadecimal digits
   */
  SteadyEvents(String prefix) {
    this.prefix = prefix;
  }

  /**
   * The event with this number as it is sent; good until the next call.
   *
   * @param replyTo where its reply goes; empty for none
   */
  WireBuffer publication(int number, String replyTo) {
    DevopsLoad.Host host = values.hosts().get(number % templates.length);
    payload.clear();
    int length =
        templates[host.number()].render(
            values,
            number / templates.length % values.samples(),
            EventTemplate.renderTime(System.currentTimeMillis()),
            "%s-0000-4000-8000-%012d".formatted(prefix, number).getBytes(US_ASCII),
            payload);
    String reply = replyTo.isEmpty() ? "" : replyTo + " ";
    out.clear();
    out.put(
        ("PUB " + host.sender() + ".metrics.push " + reply + length + "\r\n").getBytes(US_ASCII));
    return out.put(payload).put((byte) '\r').put((byte) '\n');
  }
}
