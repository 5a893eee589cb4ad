package dnd.metrics.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A peer that is started here, so that it can be killed: the program of Prometheus or
 * VictoriaMetrics with a folder of its own, on a free port of the loopback. Closing it ends it; the
 * folder stays for whoever made it.
 */
final class PeerProcess implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);

  private final String name;
  private final Path program;
  private final Path folder;
  private final int port;
  private Process process;
  private long startedNanos;

  private PeerProcess(String name, Path program, Path folder) throws IOException {
    this.name = name;
    this.program = program;
    this.folder = Files.createDirectories(folder);
    try (ServerSocket free = new ServerSocket(0)) {
      this.port = free.getLocalPort();
    }
    this.process = launch();
  }

  /** Of {@code prometheus=PROGRAM} or {@code victoriametrics=PROGRAM}; waits until it answers. */
  static PeerProcess start(String text, Path parent) throws IOException {
    int eq = text.indexOf('=');
    String name = eq < 0 ? "" : text.substring(0, eq).toLowerCase(Locale.ROOT);
    if (!List.of("prometheus", "victoriametrics").contains(name)) {
      throw new IllegalArgumentException(
          "--against takes prometheus=PROGRAM or victoriametrics=PROGRAM here, not '" + text + "'");
    }
    Path program = Path.of(text.substring(eq + 1));
    if (!Files.isExecutable(program)) {
      throw new IllegalArgumentException(program + " cannot be executed");
    }
    PeerProcess started =
        new PeerProcess(
            name, program, Files.createTempDirectory(Files.createDirectories(parent), name));
    started.awaitAnswer();
    return started;
  }

  private Process launch() throws IOException {
    Path log = folder.resolve("peer.log");
    Path data = folder.resolve("data");
    String address = "127.0.0.1:" + port;
    List<String> command;
    if (name.equals("prometheus")) {
      Path configuration = Files.writeString(folder.resolve("prometheus.yml"), "");
      command =
          List.of(
              program.toString(),
              "--config.file=" + configuration,
              "--storage.tsdb.path=" + data,
              "--web.listen-address=" + address,
              "--web.enable-remote-write-receiver");
    } else {
      command =
          List.of(
              program.toString(),
              "-storageDataPath=" + data,
              "-httpListenAddr=" + address,
              "-search.disableCache");
    }
    startedNanos = System.nanoTime();
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  Peer peer() {
    return new Peer(name, URI.create("http://127.0.0.1:" + port));
  }

  /** Asks until it answers queries; the seconds since its process was started. */
  double awaitAnswer() {
    while (!peer().answers()) {
      if (!process.isAlive() || System.nanoTime() - startedNanos > PATIENCE_NANOS) {
        throw new IllegalStateException(name + " does not answer, see " + folder);
      }
      LockSupport.parkNanos(5_000_000);
    }
    return (System.nanoTime() - startedNanos) / 1e9;
  }

  ProcessMemory memory() {
    return ProcessMemory.of(process);
  }

  /** Ends it at once, as {@code kill -9} does, and starts it again on the same folder. */
  void killAndRestart() throws IOException, InterruptedException {
    process.destroyForcibly().waitFor();
    process = launch();
  }

  @Override
  public void close() throws IOException {
    try {
      process.destroyForcibly().waitFor();
      ServerProcess.removeFolder(folder);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
