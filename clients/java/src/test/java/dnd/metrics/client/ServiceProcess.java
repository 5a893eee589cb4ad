package dnd.metrics.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ./dnd-metrics run}, the program that ships, on a free port with data in a folder. */
final class ServiceProcess implements AutoCloseable {
  private static final Pattern HUB = Pattern.compile("Message Hub\\s+nats://(\\S+)");

  private final List<String> output = Collections.synchronizedList(new ArrayList<>());
  private String address = "127.0.0.1:0";
  private Process process;

  ServiceProcess(Path data) {
    process = start(data);
  }

  String url() {
    return "nats://" + address;
  }

  /** Starts it again, on the port that it had. */
  void startAgain(Path data) {
    process = start(data);
  }

  private Process start(Path data) {
    List<String> command =
        List.of(
            Project.folder().resolve("dnd-metrics").toString(),
            "run",
            "--data",
            data.toString(),
            "--listen",
            address);
    try {
      Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
      CompletableFuture<String> found = new CompletableFuture<>();
      Thread reader = new Thread(() -> read(started, found), "service output");
      reader.setDaemon(true);
      reader.start();
      address = found.get(180, TimeUnit.SECONDS);
      return started;
    } catch (Exception e) {
      throw new IllegalStateException("the service did not start: " + output, e);
    }
  }

  private void read(Process started, CompletableFuture<String> found) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(line);
        Matcher matcher = HUB.matcher(line);
        if (matcher.find()) {
          found.complete(matcher.group(1));
        }
      }
    } catch (IOException e) {
      found.completeExceptionally(new UncheckedIOException(e));
    }
    found.completeExceptionally(new IllegalStateException("it ended"));
  }

  /** Ends it as a power cut would. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      kill();
    }
  }
}
