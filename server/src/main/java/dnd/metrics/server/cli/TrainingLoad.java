package dnd.metrics.server.cli;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Pushes as a busy fleet does, so that the AOT cache knows which branches of the way in are taken,
 * and a fresh process compiles it for them at once instead of after seconds of counting. What is
 * never taken here is compiled as if it never were, and the whole way in once more when it is: so
 * several connections send at a time, first as fast as the hub lets them, then waiting for replies,
 * and the samples fill chunks and go beyond the range of one.
 */
final class TrainingLoad {
  private static final int CONNECTIONS = 2;
  private static final int HOSTS = 200;
  private static final int STEPS = 150;

  /** So long that the steps go over the end of a chunk's range, which is at most two hours. */
  private static final Duration STEP = Duration.ofMinutes(1);

  private static final int METRICS = 10;
  private static final int TAGS = 10;

  /** In flight in the first half of the steps, which is more than the hub takes at once. */
  private static final int FLOOD = 2_000;

  private static final int IN_FLIGHT = 256;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final int connection;
  private final long startMillis;
  private final List<String> tags = new ArrayList<>();

  private TrainingLoad(int connection, long endMillis) {
    this.connection = connection;
    this.startMillis = endMillis - STEP.toMillis() * STEPS;
    for (int host = 0; host < HOSTS; host++) {
      tags.add(tagsOf(connection * HOSTS + host));
    }
  }

  /** Returns when every event is acknowledged. */
  static void push(String hubUrl, Instant now) throws IOException, InterruptedException {
    List<Callable<Void>> senders = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      TrainingLoad load = new TrainingLoad(i, now.toEpochMilli());
      senders.add(() -> {
        load.push(hubUrl);
        return null;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      for (Future<Void> each : threads.invokeAll(senders)) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("the training load failed", e.getCause());
    }
  }

  private void push(String hubUrl) throws IOException, InterruptedException {
    Options options =
        Options.builder().server(hubUrl).maxMessagesInOutgoingQueue(2 * FLOOD).build();
    Connection nats = Nats.connect(options);
    try {
      String inbox = nats.createInbox();
      Subscription replies = nats.subscribe(inbox);
      int sent = 0;
      int answered = 0;
      for (int step = 0; step < STEPS; step++) {
        int most = step < STEPS / 2 ? FLOOD : IN_FLIGHT;
        for (int host = 0; host < HOSTS; host++) {
          nats.publish("training_" + connection + ".metrics.push", inbox, event(host, step));
          for (sent++; sent - answered > most; answered++) {
            awaitOne(replies);
          }
        }
      }
      for (; answered < sent; answered++) {
        awaitOne(replies);
      }
    } finally {
      nats.close();
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

  private static String tagsOf(int host) {
    StringBuilder text = new StringBuilder(",\"labels\":{\"hostname\":\"host_").append(host);
    for (int tag = 1; tag < TAGS; tag++) {
      text.append("\",\"tag_").append(tag).append("\":\"value_").append(host % (tag * 7));
    }
    return text.append("\"}}").toString();
  }

  /** Samples of one host, a step later than all of it before; whole numbers and fractions. */
  private byte[] event(int host, int step) {
    StringBuilder text = new StringBuilder(4096);
    text.append("{\"type\":\"metrics.push\",\"data\":{\"service\":\"training_")
        .append(connection)
        .append("\",\"timestamp\":\"")
        .append(Instant.ofEpochMilli(startMillis + STEP.toMillis() * step))
        .append("\",\"metrics\":[");
    for (int metric = 0; metric < METRICS; metric++) {
      text.append(metric == 0 ? "" : ",")
          .append("{\"name\":\"training_")
          .append(metric)
          .append("\",\"type\":\"gauge\",\"value\":")
          .append((step * 7 + host + metric * 13) % 100)
          .append(metric % 2 == 0 ? "" : ".25")
          .append(tags.get(host));
    }
    return text.append("],\"correlation_id\":\"training-")
        .append(connection)
        .append('-')
        .append(step * HOSTS + host)
        .append("\"}}")
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }
}
