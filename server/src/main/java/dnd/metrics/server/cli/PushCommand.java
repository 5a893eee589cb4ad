package dnd.metrics.server.cli;

import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import dnd.metrics.server.exposition.Exposition;
import dnd.metrics.server.exposition.ExpositionException;
import dnd.metrics.server.terminal.NotJsonException;
import dnd.metrics.server.terminal.PlainJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code push}: sends metrics and says what was collected. */
@Command(
    name = "push",
    mixinStandardHelpOptions = true,
    description = {
      "Pushes metrics and waits until they are collected, which means: on disk.",
      "",
      "With --format prometheus stdin is a text exposition (Prometheus or OpenMetrics) and goes out"
          + " as one metrics.report, a full snapshot of this service and instance: series that the"
          + " snapshot before had and this one lacks end. What does not fit in one event goes out"
          + " as pushes, without that. With --format json each line of stdin is an event.",
      "",
      "Examples:",
      "  dnd-metrics push 'room_temperature_celsius{room=\"hall\"} 21.5' 'jobs_total 3'",
      "  curl -s localhost:9100/metrics | dnd-metrics push --format prometheus --service node"
    })
final class PushCommand implements Callable<Integer> {
  /** What stdin holds. */
  enum Format {
    PROMETHEUS,
    OPENMETRICS,
    JSON
  }

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HubAddress hub = new HubAddress();

  @Parameters(
      paramLabel = "SAMPLE",
      arity = "0..*",
      description = "name{label=\"value\"} VALUE [UNIX-MILLISECONDS]")
  private List<String> samples = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "What stdin holds: prometheus (OpenMetrics too) or json.")
  private @Nullable Format format;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description =
          "counter, gauge or histogram (one observation); default: counter for names that end in"
              + " _total, else gauge.")
  private @Nullable MetricType type;

  @Option(
      names = "--label",
      paramLabel = "NAME=VALUE",
      description = "A label that all metrics get; may be repeated.")
  private Map<String, String> labels = Map.of();

  @Option(names = "--instance", paramLabel = "NAME", description = "The sender's instance.")
  private @Nullable String instance;

  @Option(
      names = "--time",
      paramLabel = "TIME",
      description = "When, for samples that do not say (default: on arrival).")
  private @Nullable String time;

  @Override
  public Integer call() throws CommandFailedException, InterruptedException {
    if (samples.isEmpty() == (format == null)) {
      throw wrong("give either samples as arguments, or --format and a text on stdin");
    }
    if (format != null && type != null) {
      throw wrong("--type goes with samples, not with --format");
    }
    String service = hub.service();
    Long at = time == null ? null : time(time);
    List<Metric> metrics = format == null ? metrics() : List.of();
    Exposition exposition =
        format == Format.PROMETHEUS || format == Format.OPENMETRICS ? exposition() : null;
    try (HubLink link = HubLink.open(hub.url(), "push")) {
      PushSession session = new PushSession(link);
      PushBatches batches = new PushBatches(service, instance, at, labels, link.maxPayloadBytes());
      if (format == Format.JSON) {
        sendLines(session);
      } else if (exposition != null) {
        sendExposition(session, batches, exposition);
      } else {
        sendPushes(session, batches, metrics);
      }
      session.finish();
      return report(session);
    }
  }

  private static int report(PushSession session) {
    long collected = session.collected();
    System.out.println("collected " + collected + (collected == 1 ? " metric" : " metrics"));
    if (session.rejected() > 0) {
      System.err.println("dnd-metrics: " + session.rejected() + " rejected");
      return ExitCode.FAILURE;
    }
    return ExitCode.SUCCESS;
  }

  private List<Metric> metrics() {
    List<Metric> metrics = new ArrayList<>();
    for (String sample : samples) {
      try {
        Metric metric = Exposition.parseSample(sample);
        MetricType given = type;
        MetricType usual = metric.name().endsWith("_total") ? MetricType.COUNTER : MetricType.GAUGE;
        metrics.add(
            new Metric(
                metric.name(),
                given == null ? usual : given,
                metric.value(),
                null,
                metric.labels(),
                metric.timestampMillis(),
                null,
                false,
                null,
                null));
      } catch (ExpositionException e) {
        String reason = String.valueOf(e.getMessage()).replaceFirst("^line 1: ", "");
        throw wrong("'" + sample + "': " + reason);
      }
    }
    return metrics;
  }

  private static Exposition exposition() throws CommandFailedException {
    String text;
    try {
      byte[] bytes = System.in.readAllBytes();
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new CommandFailedException("stdin is not UTF-8", e);
    } catch (IOException e) {
      throw new CommandFailedException("stdin cannot be read: " + e.getMessage(), e);
    }
    try {
      Exposition exposition = Exposition.parse(text);
      if (exposition.metrics().isEmpty()) {
        throw new CommandFailedException("stdin holds no metrics");
      }
      if (exposition.exemplars() > 0) {
        System.err.println("left out " + exposition.exemplars() + " exemplars");
      }
      if (exposition.creationTimes() > 0) {
        System.err.println(
            "left out "
                + exposition.creationTimes()
                + " creation times (_created) that belong to no counter");
      }
      return exposition;
    } catch (ExpositionException e) {
      throw new CommandFailedException("stdin: " + e.getMessage(), e);
    }
  }

  private static void sendExposition(
      PushSession session, PushBatches batches, Exposition exposition)
      throws CommandFailedException, InterruptedException {
    byte[] report = batches.report(exposition.metrics());
    if (report != null) {
      session.send(batches.service() + ".metrics.report", report);
      return;
    }
    System.err.println(
        "the snapshot does not fit in one event of "
            + batches.maxPayloadBytes()
            + " bytes: sent as pushes, so that series it lacks do not end");
    sendPushes(session, batches, exposition.metrics());
  }

  private static void sendPushes(PushSession session, PushBatches batches, List<Metric> metrics)
      throws CommandFailedException, InterruptedException {
    for (byte[] event : batches.pushes(metrics)) {
      session.send(batches.service() + ".metrics.push", event);
    }
  }

  /** Each line is an event; its type and its service make its subject. */
  private void sendLines(PushSession session) throws CommandFailedException, InterruptedException {
    int number = 0;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          byte[] event = line.getBytes(StandardCharsets.UTF_8);
          session.send(subject(event), event);
        }
      }
    } catch (NotJsonException e) {
      throw new CommandFailedException("line " + number + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new CommandFailedException("stdin cannot be read: " + e.getMessage(), e);
    }
  }

  private String subject(byte[] event) throws NotJsonException {
    Map<String, Object> object = PlainJson.object(event);
    String eventType = PlainJson.text(object, "type");
    if (!eventType.equals("metrics.push") && !eventType.equals("metrics.report")) {
      throw new NotJsonException(
          "the type must be metrics.push or metrics.report, not \"" + eventType + "\"");
    }
    String service = PlainJson.text(PlainJson.object(object, "data"), "service");
    return (service.isEmpty() ? hub.service() : service) + "." + eventType;
  }

  private long time(String text) {
    return TimeText.parse(text, System.currentTimeMillis())
        .orElseThrow(() -> wrong("--time " + text + " is no time"));
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
