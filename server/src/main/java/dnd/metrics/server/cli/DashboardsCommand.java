package dnd.metrics.server.cli;

import dnd.metrics.events.EventTypes;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.StrictJson;
import dnd.metrics.server.terminal.PlainJson;
import dnd.metrics.server.terminal.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code dashboards}: lists, gets, saves, deletes and restores dashboards. */
@Command(
    name = "dashboards",
    description = "Works on the dashboards that the service keeps (Perses resources, as JSON).",
    mixinStandardHelpOptions = true,
    subcommands = {
      DashboardsCommand.ListCommand.class,
      DashboardsCommand.GetCommand.class,
      DashboardsCommand.SaveCommand.class,
      DashboardsCommand.DeleteCommand.class,
      DashboardsCommand.HistoryCommand.class,
      DashboardsCommand.RestoreCommand.class
    })
final class DashboardsCommand {
  private static ObjectNode request(String action) {
    return StrictJson.mapper().createObjectNode().put("action", action);
  }

  private static Map<String, Object> ask(HubAddress hub, ObjectNode data)
      throws CommandFailedException, InterruptedException {
    return ServiceRequest.ask(hub, "dashboards", EventTypes.DASHBOARD_REQUEST, data.toString());
  }

  private static void printTable(List<Object> dashboards, Terminal terminal) {
    TextTable table =
        new TextTable(List.of("project", "name", "title", "by", "updated", "version"), 5);
    for (Object each : dashboards) {
      Map<String, Object> dashboard = ServiceRequest.map(each);
      boolean deleted = Boolean.TRUE.equals(dashboard.get("deleted"));
      table.add(
          List.of(
              PlainJson.text(dashboard, "project"),
              PlainJson.text(dashboard, "name"),
              deleted ? "(deleted)" : PlainJson.text(dashboard, "display_name"),
              PlainJson.text(dashboard, "updated_by"),
              PlainJson.text(dashboard, "updated_at"),
              PlainJson.text(dashboard, "version")));
    }
    StringBuilder out = new StringBuilder();
    table.print(out, terminal.style());
    terminal.print(out.toString());
  }

  /** Which dashboard is meant. */
  static final class Named {
    @Parameters(paramLabel = "NAME", description = "The dashboard's name.")
    private String name = "";

    @Option(
        names = "--project",
        paramLabel = "PROJECT",
        description = "Its project (default: default).")
    private String project = "default";

    ObjectNode request(String action) {
      return DashboardsCommand.request(action).put("project", project).put("name", name);
    }
  }

  /** {@code dashboards list}: one line for each. */
  @Command(name = "list", description = "Lists the dashboards.", mixinStandardHelpOptions = true)
  static final class ListCommand implements Callable<Integer> {
    @Mixin private HubAddress hub = new HubAddress();

    @Option(names = "--project", paramLabel = "PROJECT", description = "Only this project's.")
    private @Nullable String project;

    @Option(names = "--deleted", description = "Those that were deleted.")
    private boolean deleted;

    @Override
    public Integer call() throws CommandFailedException, InterruptedException {
      ObjectNode data = request("list").put("deleted", deleted);
      if (project != null) {
        data.put("project", project);
      }
      printTable(PlainJson.list(ask(hub, data), "dashboards"), new Terminal());
      return ExitCode.SUCCESS;
    }
  }

  /** {@code dashboards get NAME}: the resource. */
  @Command(
      name = "get",
      description = "Prints a dashboard's resource as JSON.",
      mixinStandardHelpOptions = true)
  static final class GetCommand implements Callable<Integer> {
    @Mixin private HubAddress hub = new HubAddress();
    @Mixin private Named named = new Named();

    @Option(
        names = "--version-number",
        paramLabel = "N",
        description = "A former version (default: the newest).")
    private int version;

    @Override
    public Integer call() throws CommandFailedException, InterruptedException {
      ObjectNode data = named.request("get");
      if (version > 0) {
        data.put("version", version);
      }
      Map<String, Object> resource = PlainJson.object(ask(hub, data), "dashboard");
      String text =
          JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(resource);
      new Terminal().print(text + "\n");
      return ExitCode.SUCCESS;
    }
  }

  /** {@code dashboards save FILE...}: saves resources. */
  @Command(
      name = "save",
      description = {
        "Saves dashboards from files with one resource each.",
        "A resource's metadata.version says which version it is based on, as 'get' prints it; where"
            + " somebody has changed the dashboard since, it is not overwritten."
      },
      mixinStandardHelpOptions = true)
  static final class SaveCommand implements Callable<Integer> {
    @Mixin private HubAddress hub = new HubAddress();

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "The resources, as JSON.")
    private List<Path> files = List.of();

    @Override
    public Integer call() throws CommandFailedException, InterruptedException {
      Terminal terminal = new Terminal();
      for (Path file : files) {
        ObjectNode data = request("save");
        data.set("dashboard", read(file));
        try {
          terminal.print("saved " + told(ask(hub, data)) + "\n");
        } catch (CommandFailedException e) {
          throw new CommandFailedException(file + ": " + e.getMessage(), e);
        }
      }
      return ExitCode.SUCCESS;
    }

    private static ObjectNode read(Path file) throws CommandFailedException {
      try {
        byte[] bytes = Files.readAllBytes(file);
        return StrictJson.object(bytes, 0, bytes.length);
      } catch (NoSuchFileException e) {
        throw new CommandFailedException("no such file: " + file, e);
      } catch (IOException e) {
        throw new CommandFailedException("cannot read " + file + ": " + e.getMessage(), e);
      } catch (InvalidEventException e) {
        throw new CommandFailedException(file + ": " + e.problem().description(), e);
      }
    }
  }

  /** A dashboard and its version in words. */
  private static String told(Map<String, Object> answer) {
    return PlainJson.text(answer, "project")
        + "/"
        + PlainJson.text(answer, "name")
        + " as version "
        + PlainJson.text(answer, "version");
  }

  /** {@code dashboards delete NAME}: marks it deleted. */
  @Command(
      name = "delete",
      description = "Deletes a dashboard. Its history stays, and a version can be restored.",
      mixinStandardHelpOptions = true)
  static final class DeleteCommand implements Callable<Integer> {
    @Mixin private HubAddress hub = new HubAddress();
    @Mixin private Named named = new Named();

    @Override
    public Integer call() throws CommandFailedException, InterruptedException {
      Map<String, Object> found = ask(hub, named.request("get"));
      ObjectNode data = named.request("delete");
      data.put("base_version", PlainJson.number(found, "version", 0));
      new Terminal().print("deleted " + told(ask(hub, data)) + "\n");
      return ExitCode.SUCCESS;
    }
  }

  /** {@code dashboards history NAME}: one line for each version. */
  @Command(
      name = "history",
      description = "Lists a dashboard's versions, newest first.",
      mixinStandardHelpOptions = true)
  static final class HistoryCommand implements Callable<Integer> {
    @Mixin private HubAddress hub = new HubAddress();
    @Mixin private Named named = new Named();

    @Override
    public Integer call() throws CommandFailedException, InterruptedException {
      Map<String, Object> answer = ask(hub, named.request("history"));
      printTable(PlainJson.list(answer, "versions"), new Terminal());
      return ExitCode.SUCCESS;
    }
  }

  /** {@code dashboards restore NAME N}: makes a former version the newest. */
  @Command(
      name = "restore",
      description = "Makes a former version of a dashboard the newest one.",
      mixinStandardHelpOptions = true)
  static final class RestoreCommand implements Callable<Integer> {
    @Mixin private HubAddress hub = new HubAddress();
    @Mixin private Named named = new Named();

    @Parameters(index = "1", paramLabel = "N", description = "The version, as in history.")
    private int version;

    @Override
    public Integer call() throws CommandFailedException, InterruptedException {
      List<Object> versions = PlainJson.list(ask(hub, named.request("history")), "versions");
      Map<String, Object> newest =
          versions.isEmpty() ? Map.of() : ServiceRequest.map(versions.get(0));
      ObjectNode data = named.request("restore").put("version", version);
      data.put("base_version", PlainJson.number(newest, "version", 0));
      new Terminal().print("restored " + told(ask(hub, data)) + "\n");
      return ExitCode.SUCCESS;
    }
  }
}
