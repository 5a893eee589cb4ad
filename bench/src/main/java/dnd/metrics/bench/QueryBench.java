package dnd.metrics.bench;

import java.net.URI;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The ten dashboard queries over an hour of 10 000 series, query event to last byte of the reply.
 * Every answer is compared with the one worked out from the load before its time counts; a peer's
 * answers are counted, and Prometheus's compared.
 */
final class QueryBench {
  private final int warmUps;
  private final int runs;
  private final DevopsLoad load;
  private final ExpectedAnswers expected;

  QueryBench(int warmUps, int runs, DevopsLoad load) {
    this.warmUps = warmUps;
    this.runs = runs;
    this.load = load;
    this.expected = new ExpectedAnswers(load, from(), to());
  }

  private long from() {
    return load.timeMillis(0);
  }

  private long to() {
    return load.timeMillis(0) + 3_600_000;
  }

  Measured ours(URI hub, DashboardQuery query) throws InterruptedException, java.io.IOException {
    try (HubQueries queries = new HubQueries(hub)) {
      check("dnd-metrics", query, HubQueries.answer(queries.ask(query, from(), to())));
      Histogram nanos = new Histogram(60_000_000_000L, 3);
      for (int i = 0; i < warmUps + runs; i++) {
        long start = System.nanoTime();
        List<byte[]> parts = queries.ask(query, from(), to());
        long took = System.nanoTime() - start;
        if (i >= warmUps) {
          nanos.recordValue(took);
        }
        if (parts.isEmpty()) {
          throw new IllegalStateException("an empty answer to " + query.expression());
        }
      }
      return measured("dnd-metrics", query, nanos);
    }
  }

  Measured peer(Peer peer, DashboardQuery query) {
    Answer answer = HubQueries.answer(peer.query(query, from(), to()));
    if (peer.name().equals("prometheus")) {
      check(peer.name(), query, answer);
    } else if (answer.points() == 0) {
      throw new IllegalStateException(peer.name() + " found nothing for " + query.expression());
    }
    Histogram nanos = new Histogram(60_000_000_000L, 3);
    for (int i = 0; i < warmUps + runs; i++) {
      long start = System.nanoTime();
      String body = peer.query(query, from(), to());
      long took = System.nanoTime() - start;
      if (body.isEmpty()) {
        throw new IllegalStateException("an empty answer to " + query.expression());
      }
      if (i >= warmUps) {
        nanos.recordValue(took);
      }
    }
    return measured(peer.name(), query, nanos);
  }

  private void check(String system, DashboardQuery query, Answer answer) {
    @Nullable String difference = expected.difference(query, answer);
    if (difference != null) {
      throw new IllegalStateException(
          system + " answers " + query.title() + " wrongly: " + difference);
    }
  }

  private static Measured measured(String system, DashboardQuery query, Histogram nanos) {
    return Measured.of(
        query.title(),
        system,
        "p50 ms",
        nanos.getValueAtPercentile(50) / 1e6,
        "p90 ms",
        nanos.getValueAtPercentile(90) / 1e6,
        "p99 ms",
        nanos.getValueAtPercentile(99) / 1e6);
  }
}
