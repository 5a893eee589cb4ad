package dnd.metrics.server.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that takes requests and never answers one. */
class SilentS3StoreTest {
  private ServerSocket server;
  private ObjectStore store;

  private interface Use {
    Object of(ObjectStore store) throws IOException;
  }

  @BeforeEach
  void listen() throws IOException {
    System.setProperty("aws.accessKeyId", S3Server.ACCESS_KEY);
    System.setProperty("aws.secretAccessKey", S3Server.SECRET_KEY);
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    store =
        ObjectAddress.parse("s3://metrics/x?endpoint=http://127.0.0.1:" + server.getLocalPort())
            .open();
  }

  @AfterEach
  void stop() throws IOException {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    server.close();
    store.close();
  }

  /** It would be given up after a minute of silence, and then tried again. */
  private void endsWithTheStore(Use use) throws Exception {
    CompletableFuture<Object> under =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return use.of(store);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            },
            task -> Thread.ofPlatform().daemon().start(task));
    try (Socket connection = server.accept()) {
      assertThat(connection.getInputStream().read()).as("the request comes").isPositive();
      assertThat(under).isNotDone();
      store.close();
      assertThatThrownBy(() -> under.get(50, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseInstanceOf(Exception.class)
          .hasMessageContaining("s3://metrics/x?endpoint=http://127.0.0.1:");
    }
  }

  @Test
  void whoWaitsForAnAnswerEndsWhenItIsClosed() throws Exception {
    endsWithTheStore(silent -> silent.list(""));
  }

  @Test
  void whoPutsSomethingEndsWhenItIsClosed() throws Exception {
    MemorySegment large = MemorySegment.ofArray(new byte[32 << 20]); // more than is on its way
    endsWithTheStore(silent -> {
      silent.put("large", large);
      return "it is there";
    });
  }

  @Test
  void nothingBeginsAfterIt() throws IOException {
    store.close();
    store.close();
    assertThatThrownBy(() -> store.list("")).hasMessage(store.describe() + " is closed");
  }
}
