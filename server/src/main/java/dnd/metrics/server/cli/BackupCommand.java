package dnd.metrics.server.cli;

import dnd.metrics.events.EventTypes;
import dnd.metrics.events.Timestamps;
import dnd.metrics.server.Config;
import dnd.metrics.server.ConfigReader;
import dnd.metrics.server.Main;
import dnd.metrics.server.backup.Backup;
import dnd.metrics.server.backup.Manifest;
import dnd.metrics.server.backup.Restore;
import dnd.metrics.server.head.HeadStatus;
import dnd.metrics.server.objects.ObjectAddress;
import dnd.metrics.server.storage.FarBlocks;
import dnd.metrics.server.terminal.PlainJson;
import dnd.metrics.server.terminal.TextTable;
import dnd.metrics.server.yaml.Sizes;
import dnd.metrics.server.yaml.YamlException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code backup}: makes, lists, verifies and restores backups of tables and metrics. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    description = {
      "Backups of the tables with backup: true and of the metrics, as files of any database.",
    })
final class BackupCommand {
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private final Terminal terminal = new Terminal();

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = {
        "Asks the running service to make a backup in the folder backups of its data folder.",
        "",
        "With --data the folder of a service that does not run is saved."
      })
  int create(
      @Mixin HubAddress hub,
      @Option(
              names = "--data",
              paramLabel = "DIR",
              description = "The data folder of a service that does not run.")
          @Nullable Path data,
      @Option(
              names = "--config",
              paramLabel = "FILE",
              description = "With --data: the settings of that service.")
          @Nullable Path config,
      @Option(
              names = "--to",
              paramLabel = "DIR",
              description = "Move the backup there, such as to another disk of this machine.")
          @Nullable Path to)
      throws CommandFailedException, InterruptedException {
    try {
      Backup backup;
      if (data != null) {
        backup = Main.backup(settings(config), data, InstantSource.system());
      } else {
        Map<String, Object> answer =
            ServiceRequest.ask(
                hub, "backup", EventTypes.METRICS_BACKUP, "{\"action\":\"create\"}", PATIENCE);
        String path = PlainJson.text(PlainJson.object(answer, "result"), "path");
        if (to == null) {
          terminal.print("backup " + path + "\n");
          return ExitCode.SUCCESS;
        }
        backup = Backup.open(Path.of(path));
      }
      if (to != null) {
        Backup moved = backup.copyTo(to, InstantSource.system().millis());
        backup.delete();
        backup = moved;
      }
      terminal.print("backup " + backup.folder() + "\n");
      return ExitCode.SUCCESS;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description =
          "Lists the backups in a folder, oldest first, and says what is wrong with the others.")
  int list(
      @Parameters(
              paramLabel = "DIR",
              arity = "0..1",
              defaultValue = "dnd-metrics-data/backups",
              description = "Where the backups are (default: ${DEFAULT-VALUE}).")
          Path folder)
      throws CommandFailedException {
    try {
      TextTable table =
          new TextTable(List.of("backup", "made at", "version", "from", "rows", "metrics"), 4);
      List<String> problems = new ArrayList<>();
      for (Backup backup : Backup.list(folder, problems::add)) {
        Manifest manifest = backup.manifest();
        table.add(
            List.of(
                backup.folder().toString(),
                Timestamps.format(manifest.createdAtMillis()),
                manifest.version(),
                manifest.database(),
                Long.toString(manifest.rows().values().stream().mapToLong(Long::longValue).sum()),
                Sizes.format(manifest.logBytes() + manifest.blockBytes())));
      }
      StringBuilder out = new StringBuilder();
      table.print(out, terminal.style());
      problems.forEach(problem -> out.append(problem).append('\n'));
      terminal.print(out.toString());
      return ExitCode.SUCCESS;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = "Computes the checksums of a backup's files again. Exit code 1: not whole.")
  int verify(
      @Parameters(paramLabel = "BACKUP", description = "The folder of a backup.") Path folder)
      throws CommandFailedException {
    try {
      Backup backup = Backup.open(folder);
      List<String> problems = backup.problems();
      for (String problem : problems) {
        terminal.print(problem + "\n");
      }
      if (!problems.isEmpty()) {
        throw new CommandFailedException(folder + " is not whole");
      }
      terminal.print(folder + " is whole\n");
      return ExitCode.SUCCESS;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Command(
      name = "restore",
      mixinStandardHelpOptions = true,
      description = {
        "Restores a backup into an empty data folder, and into the empty tables that the settings"
            + " name: SQLite or PostgreSQL, whatever they were in.",
      })
  int restore(
      @Parameters(paramLabel = "BACKUP", description = "The folder of a backup.") Path folder,
      @Option(
              names = "--data",
              paramLabel = "DIR",
              required = true,
              description = "The data folder to make.")
          Path data,
      @Option(
              names = "--config",
              paramLabel = "FILE",
              description = "The settings with which the service will run there.")
          @Nullable Path config)
      throws CommandFailedException {
    try {
      Backup backup = Backup.open(folder);
      Config settings = settings(config);
      HeadStatus status =
          Restore.run(
              backup, settings.databaseOptions(data), settings.head(), InstantSource.system());
      backup
          .manifest()
          .rows()
          .forEach((table, rows) -> terminal.print("%8d rows of %s%n".formatted(rows, table)));
      terminal.print("%8d series of %d senders%n".formatted(status.series(), status.senders()));
      backup.manifest().far().ifPresent(far -> tellOfStore(far, settings));
      return ExitCode.SUCCESS;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void tellOfStore(FarBlocks far, Config settings) {
    terminal.print(
        "%8d blocks are in the object store only: %s%n"
            .formatted(far.names().size(), far.address()));
    if (far.problem() != null) {
      terminal.print("there may be more, since it could not be looked at: " + far.problem() + "\n");
    }
    String configured =
        settings.storage().objects().address().map(ObjectAddress::toString).orElse("none");
    if (!configured.equals(far.address())) {
      terminal.print(
          "they are found where storage.objects says so, which is " + configured + " now\n");
    }
  }

  private static Config settings(@Nullable Path config) throws CommandFailedException, IOException {
    if (config == null) {
      return Config.defaults();
    }
    try {
      return new ConfigReader(System.getenv()).read(config);
    } catch (YamlException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private static CommandFailedException failed(IOException e) {
    String message =
        e instanceof NoSuchFileException
            ? "there is no file " + e.getMessage()
            : String.valueOf(e.getMessage());
    return new CommandFailedException(message, e);
  }
}
