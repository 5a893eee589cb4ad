package dnd.metrics.server.cli;

import dnd.metrics.server.Config;
import dnd.metrics.server.Main;
import dnd.metrics.server.Subjects;
import dnd.metrics.server.database.DatabaseStatus;
import dnd.metrics.server.head.HeadStatus;
import dnd.metrics.server.hub.embedded.HubOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code run} says on stdout once it serves: what is where, and lines to try, each of which
 * works when it is pasted into a shell in the same folder.
 */
final class Banner {
  private static final int SUBJECTS_PER_LINE = 3;
  private static final String DEFAULT_URL = "nats://127.0.0.1:4222";

  private Banner() {}

  static String text(Main main, Config config, Path folder, long tookMillis, boolean demo) {
    StringBuilder text = new StringBuilder(1024);
    HeadStatus status = main.status();
    text.append(Version.text()).append("\n\n");
    line(text, "Message Hub", main.hubUrl() + "   " + access(config.hub()));
    line(text, "Data", folder.toString());
    line(text, "Tables", tables(main.databaseStatus()));
    line(
        text,
        "Holds",
        "%,d series of %,d senders, ready after %d ms"
            .formatted(status.series(), status.senders(), tookMillis));
    List<String> subjects = subscriptions(config);
    for (int i = 0; i < subjects.size(); i += SUBJECTS_PER_LINE) {
      List<String> some = subjects.subList(i, Math.min(subjects.size(), i + SUBJECTS_PER_LINE));
      line(text, i == 0 ? "Handles" : "", String.join("  ", some));
    }
    if (demo) {
      line(text, "Demo", "character campaign combat dice spell inventory session, and host");
      line(text, "", "(combat has an incident from minute :07 to :08 of every ten)");
    }
    text.append("\nTo try, in another shell:\n");
    if (config.hub().asksForCredentials() || config.hub().tls() != null) {
      text.append("  (each with --hub and your credentials)\n");
    }
    for (String suggestion : suggestions(demo)) {
      text.append("  ").append(command(main.hubUrl(), suggestion)).append('\n');
    }
    return text.append("\nCtrl-C stops.\n").toString();
  }

  private static String tables(DatabaseStatus status) {
    boolean inFolder = status.place().equals("sqlite");
    String place = inFolder ? "SQLite, in the data folder" : status.place();
    return switch (status.state()) {
      case AVAILABLE -> place;
      case OPENING -> inFolder ? place : place + "   (connecting)";
      case AWAY -> place + "   (away: " + status.problem() + "; writes wait in the journal)";
    };
  }

  private static void line(StringBuilder text, String what, String value) {
    text.append("  %-13s %s%n".formatted(what, value));
  }

  private static String access(HubOptions hub) {
    if (hub.asksForCredentials()) {
      return hub.tls() == null ? "(credentials asked for)" : "(TLS, credentials asked for)";
    }
    return hub.allowInsecure() ? "(open to everybody who reaches it)" : "(open, this machine only)";
  }

  private static List<String> subscriptions(Config config) {
    List<String> subjects = new ArrayList<>();
    for (String type : Subjects.EVENT_TYPES) {
      subjects.addAll(Subjects.subscriptions(type, config.subjectPatterns()));
    }
    return subjects;
  }

  private static List<String> suggestions(boolean demo) {
    return demo
        ? List.of(
            "query 'sum by (service) (rate(requests_total[1m]))'",
            "query 'sum by (service) (rate(requests_total[1m]))' --graph",
            "query 'rate(host_cpu_seconds_total{mode=\"user\"}[1m])'",
            "tail 'metrics.>'")
        : List.of(
            "push 'character_created_total{class=\"wizard\"} 1'",
            "query character_created_total",
            "tail 'metrics.>'");
  }

  private static String command(String url, String suggestion) {
    String program = System.getenv().getOrDefault("DND_METRICS_COMMAND", "./dnd-metrics");
    if (!program.matches("[A-Za-z0-9_./~+-]+")) {
      program = "'" + program.replace("'", "'\\''") + "'";
    }
    return program + " " + suggestion + (url.equals(DEFAULT_URL) ? "" : " --hub " + url);
  }
}
