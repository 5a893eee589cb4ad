package dnd.metrics.server.cli;

import dnd.metrics.events.JsonBuffer;
import dnd.metrics.events.Timestamps;
import dnd.metrics.server.terminal.EventLine;
import dnd.metrics.server.terminal.NotJsonException;
import dnd.metrics.server.terminal.PlainJson;
import io.nats.client.Message;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tail}: shows events as they pass. */
@Command(
    name = "tail",
    mixinStandardHelpOptions = true,
    description = {
      "Shows events as they pass on the hub, until Ctrl-C.",
      "",
      "Subjects are NATS subjects: * stands for one token, > for all that follow.",
      "Examples: 'metrics.>' what the service announces, '*.metrics.push' what is pushed."
    })
final class TailCommand implements Callable<Integer> {
  private static final String INBOX = "_INBOX.";
  private static final long LOOK_MILLIS = 500;

  @Mixin private HubAddress hub = new HubAddress();

  @Parameters(
      paramLabel = "SUBJECT",
      arity = "0..*",
      description = "Which events (default: > but for the inboxes that answers go to).")
  private List<String> subjects = List.of(">");

  @Option(names = "--raw", description = "Print each as one line of JSON.")
  private boolean raw;

  @Option(names = "--count", paramLabel = "N", description = "End after so many events.")
  private long count = Long.MAX_VALUE;

  private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws CommandFailedException, InterruptedException {
    boolean inboxes = subjects.stream().anyMatch(subject -> subject.startsWith(INBOX));
    try (HubLink link = HubLink.open(hub.url(), "tail")) {
      BlockingQueue<Message> arrived = new LinkedBlockingQueue<>();
      link.listen(subjects, arrived::add);
      link.flush();
      System.err.println("listening on " + String.join(" ", subjects));
      long shown = 0;
      while (shown < count && !terminal.isClosed()) {
        Message message = arrived.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (message == null) {
          link.requireOpen();
        } else if (inboxes || !message.getSubject().startsWith(INBOX)) {
          terminal.print(raw ? rawLine(message) : line(message));
          shown++;
        }
      }
    }
    return ExitCode.SUCCESS;
  }

  private static String line(Message message) {
    String time = Timestamps.format(System.currentTimeMillis()).substring(11, 23);
    byte[] payload = message.getData();
    String summary =
        message.isStatusMessage() ? message.getStatus().getMessage() : EventLine.summary(payload);
    return time + "  " + message.getSubject() + "  " + summary + "\n";
  }

  private static String rawLine(Message message) {
    JsonBuffer out = new JsonBuffer(1024);
    out.raw("{\"time\":").time(System.currentTimeMillis());
    out.raw(",\"subject\":").string(message.getSubject());
    String replyTo = message.getReplyTo();
    if (replyTo != null) {
      out.raw(",\"reply\":").string(replyTo);
    }
    byte[] payload = message.getData();
    try {
      String event = PlainJson.line(PlainJson.object(payload));
      out.raw(",\"event\":").raw(event);
    } catch (NotJsonException e) {
      out.raw(",\"text\":").string(new String(payload, StandardCharsets.UTF_8));
    }
    out.raw("}\n");
    return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
  }
}
