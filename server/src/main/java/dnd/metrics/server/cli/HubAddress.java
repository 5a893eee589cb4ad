package dnd.metrics.server.cli;

import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options with which a client command finds the hub and says who it is. */
final class HubAddress {
  private static final String DEFAULT_URL = "nats://127.0.0.1:4222";

  @Spec(Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--hub",
      paramLabel = "URL",
      description = {
        "The Message Hub: nats://[USER:PASSWORD@]HOST:PORT or tls://... (default: the environment's"
            + " DND_METRICS_HUB, else NATS_URL, else "
            + DEFAULT_URL
            + ")."
      })
  private String url = "";

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "The service that speaks, the first token of subjects (default: cli).")
  private String service = "cli";

  String url() {
    return url(System.getenv());
  }

  String url(Map<String, String> environment) {
    if (!url.isEmpty()) {
      return url;
    }
    for (String name : new String[] {"DND_METRICS_HUB", "NATS_URL"}) {
      String value = environment.get(name);
      if (value != null && !value.isBlank()) {
        return value.strip();
      }
    }
    return DEFAULT_URL;
  }

  /**
   * @throws ParameterException where it is no token of a subject
   */
  String service() {
    boolean token =
        !service.isEmpty()
            && service.chars().noneMatch(c -> c <= ' ' || c == '.' || c == '*' || c == '>');
    if (!token) {
      throw new ParameterException(
          command.commandLine(),
          "--service must be one token of a subject, without dots, blanks, * and >: \""
              + service
              + "\"");
    }
    return service;
  }
}
