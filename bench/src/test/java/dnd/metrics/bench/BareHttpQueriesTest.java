package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BareHttpQueriesTest {
  private static final DashboardQuery QUERY = new DashboardQuery("cpu_usage_user", 0);

  /** Answers one request on each of some connections, and ends them. */
  private static Thread answers(ServerSocket server, int connections) {
    return Thread.ofVirtual()
        .start(() -> {
          for (int i = 0; i < connections; i++) {
            try (Socket socket = server.accept()) {
              BufferedReader in =
                  new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
              while (!in.readLine().isEmpty()) {}
              String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + "n" + i;
              socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          }
        });
  }

  private static String ask(BareHttpQueries queries) throws IOException {
    return new String(queries.ask(QUERY, 0, 1000).getFirst(), UTF_8);
  }

  @Test
  void aConnectionThatEndedBetweenQueriesIsMadeAnew() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread answers = answers(server, 2);
      URI address = URI.create("http://127.0.0.1:" + server.getLocalPort());
      try (BareHttpQueries queries = new BareHttpQueries(new Peer("prometheus", address))) {
        assertThat(ask(queries)).isEqualTo("n0");
        assertThat(ask(queries)).isEqualTo("n1");
        answers.join();
        server.close();
        assertThatThrownBy(() -> ask(queries)).isInstanceOf(IOException.class);
      }
    }
  }
}
