package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/** Asks a peer queries with Java's HTTP client. For one thread. */
record HttpQueries(Peer peer) implements QueryClient {
  @Override
  public List<byte[]> ask(DashboardQuery query, long fromMillis, long toMillis) {
    return List.of(peer.query(query, fromMillis, toMillis).getBytes(UTF_8));
  }

  @Override
  public void close() {
    // its connections are shared by all peers
  }
}
