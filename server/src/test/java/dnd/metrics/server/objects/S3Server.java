package dnd.metrics.server.objects;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A real S3 server in a process of its own: Versity's gateway over a folder, which Go builds once
 * (docs/decisions/object-store.md). With {@code -Ds3.endpoint=URL} one that runs already, such as
 * MinIO, whose bucket {@code metrics} is there and empty.
 */
final class S3Server implements AutoCloseable {
  static final String ACCESS_KEY = "test-access-key";
  static final String SECRET_KEY = "test-secret-key";

  private final Process process;
  private final String endpoint;

  private S3Server(Process process, String endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** Starts one, or skips the test, saying why. */
  static S3Server start(Path folder) throws IOException, InterruptedException {
    String running = System.getProperty("s3.endpoint");
    if (running != null) {
      return new S3Server(null, running);
    }
    Path program = program();
    Path data = Files.createDirectories(folder.resolve("s3/metrics")).getParent();
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    ProcessBuilder command =
        new ProcessBuilder(
                program.toString(),
                "--quiet",
                "--port",
                "127.0.0.1:" + port,
                "posix",
                "--sidecar",
                Files.createDirectories(folder.resolve("attributes")).toString(),
                data.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3.log").toFile());
    command.environment().put("ROOT_ACCESS_KEY", ACCESS_KEY);
    command.environment().put("ROOT_SECRET_KEY", SECRET_KEY);
    Process process = command.start();
    for (int i = 0; i < 600; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return new S3Server(process, "http://127.0.0.1:" + port);
        }
      } catch (IOException e) {
        if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
          throw new IOException(Files.readString(folder.resolve("s3.log")), e);
        }
      }
    }
    process.destroyForcibly();
    throw new IOException("the S3 server does not listen");
  }

  /** The one that the black-box tests start, too; Go builds it once. */
  private static Path program() throws IOException, InterruptedException {
    Path tool = Path.of("..", "apptest", "tool").toAbsolutePath().normalize();
    Path says = Files.createTempFile("versitygw", ".txt");
    try {
      Process building =
          new ProcessBuilder(tool.toString(), "versitygw")
              .redirectErrorStream(true)
              .redirectOutput(says.toFile())
              .start();
      boolean built = building.waitFor() == 0;
      String said = Files.readString(says).strip();
      Assumptions.assumeTrue(built, () -> "no S3 server to test with: " + said);
      return Path.of(said.substring(said.lastIndexOf('\n') + 1)); // behind what a shell warns of
    } finally {
      Files.delete(says);
    }
  }

  /** An address below a prefix. */
  ObjectAddress address(String prefix) {
    return ObjectAddress.parse("s3://metrics/" + prefix + "?endpoint=" + endpoint);
  }

  @Override
  public void close() throws InterruptedException {
    if (process != null) {
      process.destroy();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }
}
