package dnd.metrics.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The bench of a client in another language, a program that prints a line of JSON for each case.
 *
 * @param needs what must be there for it to run
 * @param folder where it is run
 */
record OtherClientBench(String name, Path needs, Path folder, List<String> command) {
  static OtherClientBench python(Path project) {
    Path python = project.resolve(".build/venv-clients-python/bin/python");
    return new OtherClientBench(
        "python",
        python,
        project.resolve("clients/python"),
        List.of(python.toString(), "-m", "bench"));
  }

  static OtherClientBench go(Path project) {
    Path folder = project.resolve("clients/go/bench");
    return new OtherClientBench("go", folder, folder, List.of("go", "run", "."));
  }

  boolean canRun() {
    return Files.exists(needs);
  }

  List<ClientLine> run() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<ClientLine> lines = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (!line.isBlank()) {
          lines.add(ClientLine.parse(line));
        }
      }
    }
    int exit = process.waitFor();
    if (exit != 0 || lines.isEmpty()) {
      throw new IOException(
          String.join(" ", command)
              + " in "
              + folder
              + " ended with "
              + exit
              + " after "
              + lines.size()
              + " cases");
    }
    return lines;
  }
}
