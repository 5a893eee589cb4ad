package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Connection;
import io.nats.client.Message;
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
final class HubQueries implements QueryClient {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String NOT_LAST = "\"last\":false";
  private static final int TAIL_BYTES = 128;

  private final Connection connection;
  private final String inbox;
  private final Subscription replies;

  HubQueries(URI hub) throws IOException, InterruptedException {
    connection = OneConnection.to(hub);
    inbox = connection.createInbox();
    replies = connection.subscribe(inbox);
    try {
      connection.flush(Duration.ofSeconds(5));
    } catch (TimeoutException e) {
      throw new IOException("the hub at " + hub + " does not answer", e);
    }
  }

  @Override
  public List<byte[]> ask(DashboardQuery query, long fromMillis, long toMillis)
      throws InterruptedException {
    connection.publish("bench.metrics.query", inbox, query.event(fromMillis, toMillis));
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
  static boolean moreFollow(byte[] body) {
    int from = Math.max(0, body.length - TAIL_BYTES);
    return new String(body, from, body.length - from, UTF_8).contains(NOT_LAST);
  }

  static Answer answer(List<byte[]> parts) {
    Answer answer = Answer.empty();
    for (byte[] part : parts) {
      JsonNode root = JSON.readTree(part);
      JsonNode data = root.get("data");
      // The event has its status beside the result, the HTTP API has it outside.
      String status = (root.has("status") ? root : root.path("data")).path("status").asString("");
      if (data == null || !status.equals("success")) {
        throw new IllegalStateException("a query was answered with " + new String(part, UTF_8));
      }
      answer.addResult(data.get("result"));
    }
    return answer;
  }

  /** A time as PromQL has it behind {@code @}. */
  static String seconds(long millis) {
    return "%d.%03d".formatted(millis / 1000, millis % 1000);
  }

  /** The one number that an instant query answers. */
  double number(String expression, long atMillis) throws InterruptedException {
    double number = numberOrNaN(expression, atMillis);
    if (Double.isNaN(number)) {
      throw new IllegalStateException(expression + " answered no number");
    }
    return number;
  }

  /** The one number that an instant query answers; NaN where it answers none. */
  double numberOrNaN(String expression, long atMillis) throws InterruptedException {
    Answer answer = answer(ask(new DashboardQuery(expression, 0), atMillis, atMillis));
    if (answer.points() > 1) {
      throw new IllegalStateException(expression + " answered " + answer.points() + " points");
    }
    return answer.points() == 0
        ? Double.NaN
        : answer.series().values().iterator().next().firstEntry().getValue();
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
