package dnd.metrics.server.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rules delete FILE...}: takes rule files out of the running service. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Deletes the rules of files from the running service; their alerts are resolved.")
final class RulesDeleteCommand implements Callable<Integer> {
  @Mixin private HubAddress hub = new HubAddress();

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "The files, named as 'rules list' names them.")
  private List<Path> files = List.of();

  @Option(names = "--group", paramLabel = "NAME", description = "Only this group of theirs.")
  private @Nullable String group;

  private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws InterruptedException {
    int exit = ExitCode.SUCCESS;
    for (Path file : files) {
      try {
        Map<String, Object> answer =
            new RulesRequest("delete")
                .with("file", file.normalize().toString())
                .with("group", group)
                .ask(hub);
        terminal.print("%s: %s rules deleted%n".formatted(file, answer.get("deleted")));
      } catch (CommandFailedException e) {
        System.err.println(file + ": " + e.getMessage());
        exit = ExitCode.FAILURE;
      }
    }
    return exit;
  }
}
