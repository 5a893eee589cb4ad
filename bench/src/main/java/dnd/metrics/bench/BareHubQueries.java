package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Asks queries over the hub on a socket of its own, without a client library. For one thread. */
final class BareHubQueries implements QueryClient {
  private static final String INBOX = "_INBOX.bench";

  private final WireConnection connection;
  private final WireBuffer request = new WireBuffer();

  BareHubQueries(URI hub) throws IOException {
    connection = new WireConnection(hub);
    connection.subscribe(INBOX, 1);
  }

  @Override
  public List<byte[]> ask(DashboardQuery query, long fromMillis, long toMillis) throws IOException {
    byte[] event = query.event(fromMillis, toMillis);
    request.clear();
    request.put(("PUB bench.metrics.query " + INBOX + " " + event.length + "\r\n").getBytes(UTF_8));
    request.put(event).put((byte) '\r').put((byte) '\n');
    connection.send(request);
    List<byte[]> parts = new ArrayList<>();
    do {
      int before = parts.size();
      while (parts.size() == before) {
        connection.readOne((sid, token, buffer, offset, length) ->
            parts.add(Arrays.copyOfRange(buffer, offset, offset + length)));
      }
    } while (HubQueries.moreFollow(parts.getLast()));
    return parts;
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
