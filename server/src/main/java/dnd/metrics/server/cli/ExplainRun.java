package dnd.metrics.server.cli;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.JsonBuffer;
import dnd.metrics.server.terminal.AnswerCollector;
import dnd.metrics.server.terminal.NotJsonException;
import dnd.metrics.server.terminal.PlainJson;
import dnd.metrics.server.terminal.QueryRefusedException;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Has the service run a query, and prints its plan with what each operator took. */
final class ExplainRun {
  private static final Duration PATIENCE = Duration.ofSeconds(125);

  private final HubAddress hub;

  ExplainRun(HubAddress hub) {
    this.hub = hub;
  }

  /**
   * @return the plan, an operator a line behind its figures
   */
  String explain(String query, long startMillis, long endMillis, long stepMillis)
      throws CommandFailedException, InterruptedException {
    JsonBuffer event = new JsonBuffer(256);
    event.raw("{\"type\":").string(EventTypes.METRICS_QUERY);
    event.raw(",\"data\":{\"query\":").string(query);
    event.raw(",\"start\":").time(startMillis).raw(",\"end\":").time(endMillis);
    event.raw(",\"step\":").number(stepMillis / 1e3);
    event.raw(",\"explain\":true,\"parts\":true,\"correlation_id\":").string(CorrelationIds.make());
    event.raw("}}");
    try (HubLink link = HubLink.open(hub.url(), "explain")) {
      String inbox = link.inbox();
      Subscription answers = link.subscribe(inbox);
      link.publish(hub.service() + "." + EventTypes.METRICS_QUERY, inbox, event.toByteArray());
      AnswerCollector collector = new AnswerCollector();
      while (true) {
        Message message = link.next(answers, PATIENCE);
        if (message == null) {
          throw new CommandFailedException("no answer within " + PATIENCE.toSeconds() + "s");
        }
        if (collector.add(message.getData())) {
          return print(PlainJson.list(collector.answer().statistics(), "plan"));
        }
      }
    } catch (QueryRefusedException e) {
      throw new CommandFailedException(e.explain(query), e);
    } catch (NotJsonException e) {
      throw new CommandFailedException("the answer cannot be read: " + e.getMessage(), e);
    }
  }

  private static String print(List<Object> operators) {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(Locale.ROOT, "%11s %9s %11s %11s%n", "time", "series", "points", "samples"));
    for (Object operator : operators) {
      if (operator instanceof Map<?, ?> cost) {
        out.append(
            String.format(
                Locale.ROOT,
                "%9.3fms %9s %11s %11s  %s%s%n",
                number(cost.get("seconds")) * 1e3,
                cost.get("series"),
                cost.get("points"),
                cost.get("samples"),
                "  ".repeat((int) number(cost.get("depth"))),
                cost.get("operator")));
      }
    }
    return out.toString();
  }

  private static double number(@Nullable Object value) {
    return value instanceof Number number ? number.doubleValue() : 0;
  }
}
