package dnd.metrics.server.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The PostgreSQL that is installed on this machine ({@code /usr/lib/postgresql/*}/bin or PATH),
 * which runs as user postgres where the test runs as root: for machines on which the embedded one
 * will not start.
 */
final class InstalledPostgres {
  private final Path folder;
  private final Path programs;
  private final int port;

  private InstalledPostgres(Path folder, Path programs, int port) {
    this.folder = folder;
    this.programs = programs;
    this.port = port;
  }

  /** Makes a cluster; {@link #resume} starts it. */
  static InstalledPostgres create() throws IOException {
    Path programs = programs();
    String folder = run(List.of("mktemp", "-d", "/tmp/dnd-metrics-postgres.XXXXXX")).strip();
    InstalledPostgres postgres = new InstalledPostgres(Path.of(folder), programs, freePort());
    run(
        List.of(
            programs.resolve("initdb").toString(),
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--no-locale",
            "--pgdata=" + folder + "/data"));
    return postgres;
  }

  private static Path programs() throws IOException {
    List<Path> candidates = new ArrayList<>();
    Path debian = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(debian)) {
      try (Stream<Path> versions = Files.list(debian)) {
        versions.sorted().map(version -> version.resolve("bin")).forEach(candidates::addFirst);
      }
    }
    for (String place : System.getenv().getOrDefault("PATH", "").split(":")) {
      candidates.add(Path.of(place));
    }
    return candidates.stream()
        .filter(place -> Files.isExecutable(place.resolve("initdb")))
        .filter(place -> Files.isExecutable(place.resolve("pg_ctl")))
        .findFirst()
        .orElseThrow(() -> new IOException("no PostgreSQL is installed (apt install postgresql)"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  int port() {
    return port;
  }

  void resume() throws IOException {
    String options = "-p " + port + " -c listen_addresses=127.0.0.1 -k " + folder;
    control("start", "--options=" + options, "--log=" + folder + "/log");
  }

  void stop() throws IOException {
    control("stop", "--mode=fast");
  }

  /** Removes the cluster, which is stopped. */
  void delete() throws IOException {
    run(List.of("rm", "-r", folder.toString()));
  }

  private void control(String action, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(programs.resolve("pg_ctl").toString());
    command.add(action);
    command.add("--pgdata=" + folder + "/data");
    command.add("--wait");
    command.addAll(List.of(options));
    run(command);
  }

  /** Runs it, as user postgres where this process is root's; its output. */
  private static String run(List<String> command) throws IOException {
    List<String> all = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      all.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    all.addAll(command);
    Path output = Files.createTempFile("dnd-metrics-postgres", ".out");
    try {
      // A file, since the server keeps the output of pg_ctl open.
      Process process =
          new ProcessBuilder(all)
              .directory(Path.of("/tmp").toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      int code = process.waitFor();
      String text = Files.readString(output, StandardCharsets.UTF_8);
      if (code != 0) {
        throw new IOException(String.join(" ", all) + " failed: " + text);
      }
      return text;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      Files.delete(output);
    }
  }
}
