package dnd.metrics.server.cli;

import dnd.metrics.server.Config;
import dnd.metrics.server.Main;
import dnd.metrics.server.demo.Demo;
import dnd.metrics.server.demo.HubAccess;
import dnd.metrics.server.head.ReplayListener;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A program of its own that the launcher runs once after each build, with {@code
 * -XX:AOTCacheOutput}: it goes the ways that {@code run} and the client commands go, so that the
 * JVM notes which classes they need and keeps them loaded and linked in the cache. It serves a new,
 * temporary folder on a free port of the loopback and leaves nothing behind. Exit code 1 when a
 * command fails, since the cache would then lack what comes after it.
 */
public final class AotTraining {
  private static final int ROUNDS = 3;

  private AotTraining() {}

  public static void main(String[] args) throws Exception {
    PrintStream err = System.err;
    InputStream in = System.in;
    InstantSource clock = InstantSource.system();
    System.setOut(silence());
    Path folder = Files.createTempDirectory("dnd-metrics-training");
    int failures = 0;
    try (Main main =
        Main.start(
            withFreePort(Config.defaults()),
            folder.resolve("data"),
            clock,
            ReplayListener.SILENT)) {
      Banner.text(main, Config.defaults(), folder, 0, true);
      TrainingLoad.push(main.hubUrl(), clock.instant());
      HubAccess access = new HubAccess(main.hubUrl(), Optional.empty(), "");
      Demo demo = Demo.start(access, 1, true, clock);
      try {
        for (int round = 0; round < ROUNDS; round++) {
          failures += runAll(commands(main.hubUrl()), err);
        }
      } finally {
        demo.close();
      }
      RestartTraining.run(folder.resolve("restart"), clock.millis());
    } finally {
      System.setIn(in);
      deleteAll(folder);
    }
    System.exit(failures == 0 ? 0 : 1);
  }

  private static int runAll(List<List<String>> commands, PrintStream err) {
    int failures = 0;
    for (List<String> command : commands) {
      System.setIn(new ByteArrayInputStream("up 1\n".getBytes(StandardCharsets.UTF_8)));
      if (DndMetrics.execute(command.toArray(new String[0]), System.out, err) != 0) {
        err.println("failed: " + command);
        failures++;
      }
    }
    return failures;
  }

  private static List<List<String>> commands(String url) {
    String rate = "sum by (service) (rate(requests_total[1m]))";
    return List.of(
        List.of("version"),
        List.of("run", "--print-config"),
        List.of("push", "training_total{kind=\"x\"} 3", "--hub", url),
        List.of("push", "--format", "prometheus", "--service", "training", "--hub", url),
        List.of("query", rate, "--hub", url),
        List.of("query", rate, "--graph", "--hub", url),
        List.of("query", rate, "--since", "10m", "--step", "30s", "--hub", url),
        List.of("query", rate, "--format", "json", "--hub", url),
        List.of("query", rate, "--format", "csv", "--hub", url),
        List.of("status", "--hub", url),
        List.of("tail", "metrics.>", "--count", "1", "--hub", url));
  }

  private static Config withFreePort(Config config) {
    return config.withHub(config.hub().withListen("127.0.0.1", 0));
  }

  private static PrintStream silence() {
    return new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
  }

  private static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
