package dnd.metrics.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The program that is measured, started as users start it, in a process of its own with an empty
 * data folder, on a free port of the loopback. Closing it ends it and removes the folder.
 */
final class ServerProcess implements AutoCloseable {
  private static final Pattern HUB = Pattern.compile("Message Hub\\s+(nats://\\S+)");

  private static final int LONGEST_UNREST_HALF_SECONDS = 60;

  private final Process process;

  /** Holds the data folder, the log and the configuration. */
  private final Path folder;

  private final URI hub;
  private final long startedNanos;
  private final double secondsToServe;

  private ServerProcess(Process process, Path folder, URI hub, long startedNanos) {
    this.process = process;
    this.folder = folder;
    this.hub = hub;
    this.startedNanos = startedNanos;
    this.secondsToServe = (System.nanoTime() - startedNanos) / 1e9;
  }

  /** Starts {@code program run} and waits until it says where its hub is. */
  static ServerProcess start(Path program, Path parent) {
    return start(program, parent, "");
  }

  /** The same with a configuration, as YAML; empty where all is to be as it is by itself. */
  static ServerProcess start(Path program, Path parent, String configuration) {
    try {
      Path folder = Files.createTempDirectory(Files.createDirectories(parent), "bench");
      if (!configuration.isEmpty()) {
        Files.writeString(folder.resolve("configuration.yaml"), configuration);
      }
      return startIn(program, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ServerProcess startIn(Path program, Path folder) throws IOException {
    Path data = folder.resolve("data");
    Path log = folder.resolve("server.log");
    List<String> command =
        new ArrayList<>(List.of(program.toString(), "run", "--listen", "127.0.0.1:0"));
    command.addAll(List.of("--data", data.toString()));
    Path file = folder.resolve("configuration.yaml");
    if (Files.exists(file)) {
      command.addAll(List.of("--config", file.toString()));
    }
    long started = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    // The banner is followed to its end in the background, so that the program never waits for a
    // reader.
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher matcher = HUB.matcher(line);
      if (matcher.find()) {
        Thread.ofVirtual().start(() -> drain(out));
        return new ServerProcess(process, folder, URI.create(matcher.group(1)), started);
      }
    }
    throw new IOException(program + " ended before it served: " + Files.readString(log));
  }

  private static void drain(BufferedReader out) {
    try {
      while (out.readLine() != null) {
        // nothing is wanted of it
      }
    } catch (IOException e) {
      // The process has ended, and its output with it.
    }
  }

  URI hub() {
    return hub;
  }

  double secondsToServe() {
    return secondsToServe;
  }

  /** Processor time of the whole process so far, in seconds. */
  double cpuSeconds() {
    return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  /**
   * Returns when the program has done what it does after it serves, such as opening its database:
   * when for half a second it took a tenth of a processor at most. Throws where it never rests.
   */
  void awaitRest() throws InterruptedException {
    double before = cpuSeconds();
    for (int halfSeconds = 0; halfSeconds < LONGEST_UNREST_HALF_SECONDS; halfSeconds++) {
      TimeUnit.MILLISECONDS.sleep(500);
      double now = cpuSeconds();
      if (now - before < 0.05) {
        return;
      }
      before = now;
    }
    throw new IllegalStateException("the program was not at rest after its start");
  }

  /** Resident memory now, in megabytes of a million bytes. */
  double residentMegabytes() {
    return memory().residentMegabytes();
  }

  /** The part of it that no file is behind, and that therefore cannot be dropped. */
  double anonymousMegabytes() {
    return memory().anonymousMegabytes();
  }

  ProcessMemory memory() {
    return ProcessMemory.of(process);
  }

  /**
   * Ends it at once, as {@code kill -9} does, and starts the program again on the same folder; this
   * object is of no use afterwards.
   */
  ServerProcess killAndRestart(Path program) throws IOException, InterruptedException {
    kill();
    return restart(program);
  }

  /** Ends it at once, as {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /**
   * Starts the program again on the same folder, with the same configuration, after it was killed;
   * this object is of no use afterwards.
   */
  ServerProcess restart(Path program) throws IOException {
    return startIn(program, folder);
  }

  /** Bytes in the data folder. */
  long diskBytes() {
    try {
      return bytesIn(folder.resolve("data"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is removed or renamed meanwhile may be missing. */
  private static long bytesIn(Path folder) throws IOException {
    long[] bytes = {0};
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes[0] += attributes.size();
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException error) throws IOException {
            return goOnWhereGone(error);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException error)
              throws IOException {
            return error == null ? FileVisitResult.CONTINUE : goOnWhereGone(error);
          }
        });
    return bytes[0];
  }

  private static FileVisitResult goOnWhereGone(IOException error) throws IOException {
    if (error instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw error;
  }

  /** Where it writes its log, before a kill and after it. */
  Path log() {
    return folder.resolve("server.log");
  }

  /** Where its blocks are. */
  Path blockFolder() {
    return folder.resolve("data").resolve("blocks");
  }

  /** Bytes in blocks, index included; 0 while there are none. */
  long blockBytes() {
    Path blocks = folder.resolve("data").resolve("blocks");
    if (!Files.isDirectory(blocks)) {
      return 0;
    }
    long bytes = 0;
    try (DirectoryStream<Path> each = Files.newDirectoryStream(blocks)) {
      for (Path block : each) {
        if (Files.exists(block.resolve("meta.json"))) {
          bytes += bytesIn(block);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes;
  }

  double secondsSinceStart() {
    return (System.nanoTime() - startedNanos) / 1e9;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      removeFolder(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void removeFolder(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, java.io.IOException error)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
