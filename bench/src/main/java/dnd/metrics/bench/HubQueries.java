package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks queries over the hub with the official Java client, as any service does. For one thread. */
final class HubQueries implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String NOT_LAST = "\"last\":false";
  private static final int TAIL_BYTES = 128;

  private final Connection connection;
  private final String inbox;
  private final Subscription replies;

  HubQueries(URI hub) throws IOException, InterruptedException {
    connection = Nats.connect(new Options.Builder().server(hub.toString()).build());
    inbox = connection.createInbox();
    replies = connection.subscribe(inbox);
    try {
      connection.flush(Duration.ofSeconds(5));
    } catch (TimeoutException e) {
      throw new IOException("the hub at " + hub + " does not answer", e);
    }
  }

  /** Asks and waits for the whole answer: the bodies of its parts in order, not yet parsed. */
  List<byte[]> ask(DashboardQuery query, long fromMillis, long toMillis)
      throws InterruptedException {
    String range =
        query.stepSeconds() == 0
            ? "\"time\":" + toMillis / 1000
            : "\"start\":%d,\"end\":%d,\"step\":\"%ds\""
                .formatted(fromMillis / 1000, toMillis / 1000, query.stepSeconds());
    String event =
        "{\"type\":\"metrics.query\",\"data\":{\"query\":\"%s\",%s,\"parts\":true,\"correlation_id\":\"bench\"}}"
            .formatted(query.expression().replace("\\", "\\\\").replace("\"", "\\\""), range);
    connection.publish("bench.metrics.query", inbox, event.getBytes(UTF_8));
    List<byte[]> parts = new ArrayList<>();
    while (true) {
      Message message = replies.nextMessage(Duration.ofSeconds(60));
      if (message == null) {
        throw new IllegalStateException("no answer within 60 s to " + query.expression());
      }
      byte[] body = message.getData();
      parts.add(body);
      if (!moreFollow(body)) {
        return parts;
      }
    }
  }

  /** Whether more parts follow: a part says so behind its result. */
  private static boolean moreFollow(byte[] body) {
    int from = Math.max(0, body.length - TAIL_BYTES);
    return new String(body, from, body.length - from, UTF_8).contains(NOT_LAST);
  }

  static Answer answer(List<byte[]> parts) {
    Answer answer = Answer.empty();
    for (byte[] part : parts) {
      JsonNode data = JSON.readTree(part).get("data");
      if (data == null || !"success".equals(data.path("status").asString(""))) {
        throw new IllegalStateException("a query was answered with " + new String(part, UTF_8));
      }
      answer.addResult(data.get("result"));
    }
    return answer;
  }

  /** Parses the body of the HTTP API. */
  static Answer answer(String httpBody) {
    Answer answer = Answer.empty();
    answer.addResult(JSON.readTree(httpBody).get("data").get("result"));
    return answer;
  }

  /** The one number that an instant query answers. */
  double number(String expression, long atMillis) throws InterruptedException {
    Answer answer = answer(ask(new DashboardQuery(expression, 0), atMillis, atMillis));
    if (answer.points() != 1) {
      throw new IllegalStateException(expression + " answered " + answer.points() + " points");
    }
    return answer.series().values().iterator().next().firstEntry().getValue();
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
