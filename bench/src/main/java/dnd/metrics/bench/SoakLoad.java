package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Events of ten samples of many hosts in turn, some of which are replaced by new ones all the time,
 * as containers are: the series of the one that went get no more samples, ten new series begin.
 * Counts what it sent by the minute of the samples. One thread renders; any may read the counts.
 */
final class SoakLoad {
  private static final long MINUTE_MILLIS = 60_000;

  private final DevopsLoad values;
  private final EventTemplate[] templates;
  private final byte[][] heads;
  private final int[] generations;
  private final WireBuffer payload = new WireBuffer();
  private final byte[] correlationId = "dddddddd-0000-4000-8000-000000000000".getBytes(US_ASCII);
  private final long firstMinute;
  private final AtomicLongArray eventsByMinute;
  private long timeMillis;
  private byte[] time = {};
  private long replaced;

  /**
   * @param startMillis when it begins; samples are counted for {@code minutes} from there
   */
  SoakLoad(int series, long startMillis, int minutes) {
    values = new DevopsLoad(series, 60, startMillis, 11);
    templates = new EventTemplate[values.hosts().size()];
    heads = new byte[templates.length][];
    generations = new int[templates.length];
    firstMinute = startMillis / MINUTE_MILLIS;
    eventsByMinute = new AtomicLongArray(minutes + 2);
    for (int i = 0; i < templates.length; i++) {
      make(i);
    }
  }

  private void make(int number) {
    DevopsLoad.Host host = values.hosts().get(number);
    if (generations[number] > 0) {
      host = host.renamed(hostname(number, generations[number]));
    }
    templates[number] = new EventTemplate(host, EventTemplate.Form.FULL);
    heads[number] = ("PUB " + host.sender() + ".metrics.push _INBOX.soak.").getBytes(US_ASCII);
  }

  /** What the host with this number is called after so many others in its place. */
  static String hostname(int number, int generation) {
    return generation == 0 ? "host_" + number : "host_" + number + "_" + generation;
  }

  /** Replaces the host with this number by a new one of another name. */
  void replace(int number) {
    become(number, generations[number] + 1);
    replaced++;
  }

  /** The host with this number is from now on the one that has so many others before it. */
  void become(int number, int generation) {
    if (generations[number] != generation) {
      generations[number] = generation;
      make(number);
    }
  }

  int hosts() {
    return templates.length;
  }

  long replaced() {
    return replaced;
  }

  /** Appends the event with this number as it is sent, with samples of this moment. */
  void publication(long number, long nowMillis, WireBuffer out) {
    int host = (int) (number % templates.length);
    if (nowMillis != timeMillis) {
      timeMillis = nowMillis;
      time = EventTemplate.renderTime(nowMillis);
    }
    payload.clear();
    int sample = (int) (number / templates.length % values.samples());
    int length = templates[host].render(values, sample, time, correlationId, payload);
    out.put(heads[host]).putNumber(number).put((byte) ' ').putNumber(length);
    out.put((byte) '\r').put((byte) '\n').put(payload).put((byte) '\r').put((byte) '\n');
    eventsByMinute.incrementAndGet((int) (nowMillis / MINUTE_MILLIS - firstMinute));
  }

  /** The value of one of the ten metrics in the event with this number. */
  int value(int metric, long number) {
    int hosts = templates.length;
    return values.value(metric, (int) (number % hosts), (int) (number / hosts % values.samples()));
  }

  /** The first whole minute, in Unix milliseconds. */
  long firstWholeMinuteMillis() {
    return (firstMinute + 1) * MINUTE_MILLIS;
  }

  /**
   * How many samples of each of the ten metrics were sent for the minute from {@code millis} on.
   */
  long samplesOfMetric(long millis) {
    return eventsByMinute.get((int) (millis / MINUTE_MILLIS - firstMinute));
  }
}
