package dnd.metrics.server.cli;

import java.util.List;
import java.util.Optional;

/** Every command there is, in the order in which help lists them. */
final class CommandTable {
  static final List<CommandEntry> COMMANDS =
      List.of(
          new CommandEntry("run", "Run the service with its embedded Message Hub", RunCommand::new),
          new CommandEntry("query", "Ask PromQL: a table, JSON, CSV or a graph", QueryCommand::new),
          new CommandEntry(
              "queries", "List the queries that run, or cancel one", QueriesCommand::new),
          new CommandEntry("push", "Push metrics by hand or from an exposition", PushCommand::new),
          new CommandEntry("tail", "Show events as they pass on the hub", TailCommand::new),
          new CommandEntry(
              "dashboards", "List, get, save and restore dashboards", DashboardsCommand::new),
          new CommandEntry("alerts", "List the alerts that are active", AlertsCommand::new),
          new CommandEntry(
              "silence", "Add, query, update and expire silences", SilenceCommand::new),
          new CommandEntry("promql", "Test, parse, format or explain PromQL", PromqlCommand::new),
          new CommandEntry("status", "Ask the service how its parts do", StatusCommand::new),
          new CommandEntry("backup", "Make, list, verify and restore backups", BackupCommand::new),
          new CommandEntry("delete", "Delete samples, after a look at which", DeleteCommand::new),
          new CommandEntry(
              "retention", "Say and change how long samples are kept", RetentionCommand::new),
          new CommandEntry("rules", "Check, test, load, list, delete rules", RulesCommand::new),
          new CommandEntry("version", "Print the version", VersionCommand::new));

  /** Commands of the launcher script, which never reach this program: listed in help only. */
  static final List<String[]> LAUNCHER_COMMANDS =
      List.of(
          new String[] {"bench", "Measure ingest, latency, queries and PromQL, also against peers"},
          new String[] {"test", "Run every test suite and sum up"});

  private CommandTable() {}

  static Optional<CommandEntry> find(String name) {
    return COMMANDS.stream().filter(entry -> entry.name().equals(name)).findFirst();
  }
}
