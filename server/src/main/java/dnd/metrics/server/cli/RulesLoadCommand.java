package dnd.metrics.server.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rules load FILE...}: gives rule files to the running service. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = {
      "Gives rule files to the running service, which keeps them and evaluates their rules from"
          + " now on.",
      "",
      "A file takes the place of the one that was loaded under the same path: rules that are no"
          + " longer in it end, their alerts are resolved. Rules that were deactivated stay so. A"
          + " file with a mistake changes nothing; the others are loaded, and the exit code is 1."
    })
final class RulesLoadCommand implements Callable<Integer> {
  @Mixin private HubAddress hub = new HubAddress();

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "The rule files.")
  private List<Path> files = List.of();

  private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws InterruptedException {
    int exit = ExitCode.SUCCESS;
    for (Path file : files) {
      try {
        load(file);
      } catch (CommandFailedException e) {
        System.err.println(file + ": " + e.getMessage());
        exit = ExitCode.FAILURE;
      }
    }
    return exit;
  }

  private void load(Path file) throws CommandFailedException, InterruptedException {
    String content;
    try {
      content = Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new CommandFailedException("there is no such file", e);
    } catch (IOException e) {
      throw new CommandFailedException("cannot be read: " + e, e);
    }
    Map<String, Object> answer =
        new RulesRequest("save")
            .with("file", file.normalize().toString())
            .with("content", content)
            .ask(hub);
    terminal.print(
        "%s: loaded, %s groups, %s rules%n"
            .formatted(file.normalize(), answer.get("groups"), answer.get("rules")));
  }
}
