package dnd.metrics.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code version}: which version this is and what it runs on. */
@Command(name = "version", description = "Prints the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.out.println(Version.text());
    return ExitCode.SUCCESS;
  }
}
