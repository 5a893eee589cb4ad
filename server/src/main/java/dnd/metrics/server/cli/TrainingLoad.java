package dnd.metrics.server.cli;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/**
 * Pushes as a busy service does, so that the AOT cache knows which branches of the way in are
 * taken, and a fresh process compiles it for them at once instead of after seconds of counting.
 */
final class TrainingLoad {
  private static final int EVENTS = 40_000;
  private static final int HOSTS = 200;
  private static final int METRICS = 10;
  private static final int IN_FLIGHT = 256;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private TrainingLoad() {}

  /** Returns when every event is acknowledged. */
  static void push(String hubUrl) throws IOException, InterruptedException {
    Connection connection = Nats.connect(hubUrl);
    try {
      String inbox = connection.createInbox();
      Subscription replies = connection.subscribe(inbox);
      long start = Instant.now().toEpochMilli() - Duration.ofHours(1).toMillis();
      int answered = 0;
      for (int i = 0; i < EVENTS; i++) {
        connection.publish("training.metrics.push", inbox, event(i, start));
        if (i >= IN_FLIGHT) {
          awaitOne(replies);
          answered++;
        }
      }
      while (answered < EVENTS) {
        awaitOne(replies);
        answered++;
      }
    } finally {
      connection.close();
    }
  }

  private static void awaitOne(Subscription replies) throws IOException, InterruptedException {
    Message reply = replies.nextMessage(LONGEST_WAIT);
    if (reply == null) {
      throw new IOException("no reply for " + LONGEST_WAIT);
    }
    String text = new String(reply.getData(), StandardCharsets.UTF_8);
    if (!text.contains("\"count\":" + METRICS)) {
      throw new IOException("a push was answered with " + text);
    }
  }

  /** Samples of one host, later than all of it before; whole numbers and fractions. */
  private static byte[] event(int number, long startMillis) {
    int host = number % HOSTS;
    int step = number / HOSTS;
    StringBuilder text = new StringBuilder(4096);
    text.append("{\"type\":\"metrics.push\",\"data\":{\"service\":\"training\",\"timestamp\":\"")
        .append(Instant.ofEpochMilli(startMillis + 10_000L * step))
        .append("\",\"metrics\":[");
    for (int metric = 0; metric < METRICS; metric++) {
      text.append(metric == 0 ? "" : ",")
          .append("{\"name\":\"training_")
          .append(metric)
          .append("\",\"type\":\"gauge\",\"value\":")
          .append((step * 7 + metric * 13) % 100)
          .append(metric % 2 == 0 ? "" : ".25")
          .append(",\"labels\":{\"hostname\":\"host_")
          .append(host)
          .append("\",\"region\":\"eu-west-")
          .append(host % 3)
          .append("\",\"rack\":\"")
          .append(host % 50)
          .append("\",\"team\":\"training\"}}");
    }
    return text.append("],\"correlation_id\":\"training-")
        .append(number)
        .append("\"}}")
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }
}
