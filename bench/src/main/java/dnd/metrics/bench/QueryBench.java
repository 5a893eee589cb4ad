package dnd.metrics.bench;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The ten dashboard queries over an hour of 10 000 series, query event to last byte of the reply.
 * Every answer is compared with the one worked out from the load before its time counts; a peer's
 * answers are counted, and Prometheus's compared. All queries are asked of all systems to warm up
 * first, then again and counted.
 */
final class QueryBench {
  /** So few are asked in any case, however long they take. */
  private static final int LEAST_RUNS = 20;

  private final QueryClient.Kind kind;
  private final long countedNanos;
  private final DevopsLoad load;
  private final ExpectedAnswers expected;

  /**
   * @param countedNanos for how long a query is asked, after as long to warm up
   */
  QueryBench(QueryClient.Kind kind, long countedNanos, DevopsLoad load) {
    this.kind = kind;
    this.countedNanos = countedNanos;
    this.load = load;
    this.expected = new ExpectedAnswers(load, from(), to());
  }

  private long from() {
    return load.timeMillis(0);
  }

  private long to() {
    return load.timeMillis(0) + 3_600_000;
  }

  /** A system that is asked, over one connection. */
  record Asked(String system, QueryClient client) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      client.close();
    }
  }

  Asked ours(URI hub) throws InterruptedException, IOException {
    return new Asked(
        "dnd-metrics",
        switch (kind) {
          case OFFICIAL -> new HubQueries(hub);
          case BARE -> new BareHubQueries(hub);
        });
  }

  Asked peer(Peer peer) throws IOException {
    return new Asked(
        peer.name(),
        switch (kind) {
          case OFFICIAL -> new HttpQueries(peer);
          case BARE -> new BareHttpQueries(peer);
        });
  }

  /** Checks the answer, then asks for as long as it will be counted. */
  void warmUp(Asked asked, DashboardQuery query) throws InterruptedException, IOException {
    String system = asked.system();
    Answer answer = HubQueries.answer(asked.client().ask(query, from(), to()));
    if (system.equals("victoriametrics")) { // its rate, for one, is defined differently
      if (answer.points() == 0) {
        throw new IllegalStateException(system + " found nothing for " + query.expression());
      }
    } else {
      check(system, query, answer);
    }
    ask(asked, query);
  }

  Measured measure(Asked asked, DashboardQuery query) throws InterruptedException, IOException {
    Histogram nanos = ask(asked, query);
    return Measured.of(
        query.title(),
        asked.system(),
        "p50 ms",
        nanos.getValueAtPercentile(50) / 1e6,
        "p90 ms",
        nanos.getValueAtPercentile(90) / 1e6,
        "p99 ms",
        nanos.getValueAtPercentile(99) / 1e6,
        "queries",
        nanos.getTotalCount());
  }

  private Histogram ask(Asked asked, DashboardQuery query)
      throws InterruptedException, IOException {
    Histogram nanos = new Histogram(60_000_000_000L, 3);
    long begin = System.nanoTime();
    long start = begin;
    while (nanos.getTotalCount() < LEAST_RUNS || start - begin < countedNanos) {
      List<byte[]> parts = asked.client().ask(query, from(), to());
      long end = System.nanoTime();
      nanos.recordValue(end - start);
      if (parts.isEmpty() || parts.getFirst().length == 0) {
        throw new IllegalStateException(
            "an empty answer of " + asked.system() + " to " + query.expression());
      }
      start = System.nanoTime();
    }
    return nanos;
  }

  private void check(String system, DashboardQuery query, Answer answer) {
    @Nullable String difference = expected.difference(query, answer);
    if (difference != null) {
      throw new IllegalStateException(
          system + " answers " + query.title() + " wrongly: " + difference);
    }
  }
}
