package dnd.metrics.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench clients}: what recording costs in the client libraries, beside their peers'. */
@Command(
    name = "clients",
    mixinStandardHelpOptions = true,
    description =
        "Nanoseconds a call of the client libraries, beside Micrometer, the Prometheus clients of Java, Python and Go.")
final class ClientsBench implements Callable<Integer> {
  @Mixin Bench.Shared shared = new Bench.Shared();

  @Option(
      names = "--millis",
      defaultValue = "200",
      description =
          "an iteration of the Java client's cases; nine count a case (default: ${DEFAULT-VALUE})")
  long millis = 200;

  @Option(names = "--only", split = ",", description = "java, python, go (default: all)")
  List<String> only = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    Path project = shared.program.toAbsolutePath().normalize().resolveSibling("");
    List<ClientLine> lines = new ArrayList<>();
    if (isWanted("java")) {
      lines.addAll(JavaClientBench.run(millis, System.err::println));
    }
    for (OtherClientBench other :
        List.of(OtherClientBench.python(project), OtherClientBench.go(project))) {
      if (!isWanted(other.name())) {
        continue;
      }
      if (!other.canRun()) {
        System.err.println(
            "bench: " + other.name() + " is left out: run clients/" + other.name() + "/test first");
        continue;
      }
      System.err.println(other.name());
      lines.addAll(other.run());
    }
    Report report = new Report("Recording in the client libraries");
    lines.stream().map(ClientLine::row).forEach(report::add);
    shared.finish(report, "clients");
    long slower = lines.stream().filter(line -> line.ratio() < 1).count();
    System.out.printf("%d cases, %d slower than the peer%n", lines.size(), slower);
    return 0;
  }

  private boolean isWanted(String client) {
    return only.isEmpty() || only.contains(client);
  }
}
