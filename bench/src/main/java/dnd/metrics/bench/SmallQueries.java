package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.URI;
import org.HdrHistogram.Histogram;

/** Queries of one series at a fixed rate; every answer must hold one sample. */
final class SmallQueries {
  private static final int HOSTS = 1000;

  private final URI hub;
  private final int perSecond;
  private final long atMillis;
  private final WireBuffer out = new WireBuffer();

  SmallQueries(URI hub, int perSecond, long atMillis) {
    this.hub = hub;
    this.perSecond = perSecond;
    this.atMillis = atMillis;
  }

  /** Asks for so long, and returns what the queries took in nanoseconds. */
  Histogram ask(int seconds) throws IOException {
    Histogram nanos = new Histogram(60_000_000_000L, 3);
    PacedRequests.send(
        hub,
        perSecond,
        perSecond * seconds,
        this::publication,
        (number, took, answer) -> {
          nanos.recordValue(took);
          return answer.split("\"value\":\\[", -1).length == 2
              ? null
              : "a small query was answered with " + answer;
        });
    return nanos;
  }

  private WireBuffer publication(int number, String inbox) {
    byte[] event =
        new DashboardQuery("cpu_usage_user{hostname=\"host_" + number % HOSTS + "\"}", 0)
            .event(atMillis, atMillis);
    out.clear();
    out.put(("PUB bench.metrics.query " + inbox + " " + event.length + "\r\n").getBytes(US_ASCII));
    return out.put(event).put((byte) '\r').put((byte) '\n');
  }
}
