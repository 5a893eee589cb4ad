package dnd.metrics.client;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.JsonBuffer;
import dnd.metrics.events.QueryEvent;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Asks the service over the hub; each question has an inbox of its own. */
final class Questions {
  private static final Duration LIST_TIMEOUT = Duration.ofSeconds(5);

  private final MessageHub hub;
  private final String service;
  private final Duration timeout;
  private final long checkMillis;
  private final Set<LiveQuery> live = ConcurrentHashMap.newKeySet();

  Questions(MessageHub hub, String service, Duration timeout, long checkMillis) {
    this.hub = hub;
    this.service = service;
    this.timeout = timeout;
    this.checkMillis = checkMillis;
    hub.onReconnect(() -> live.forEach(LiveQuery::askAgain));
  }

  /**
   * Asks once. Cancelling the future, or its timeout, stops the query in the service too. What the
   * caller puts behind the future runs on a thread that the hub does not wait for.
   */
  CompletableFuture<QueryResult> ask(QueryEvent query) {
    QueryEvent asked = inParts(query, false);
    CompletableFuture<QueryResult> future = new CompletableFuture<>();
    Parts parts = new Parts();
    HubSubscription inbox =
        open(
            asked,
            answer -> {
              MetricsException.QueryFailed failure = answer.failure();
              if (failure != null) {
                throw failure;
              }
              if (parts.add(answer)) {
                QueryResult result = parts.result(answer);
                future.completeAsync(() -> result);
              }
            },
            failure ->
                future.completeAsync(() -> {
                  throw failure;
                }));
    CompletableFuture<QueryResult> bounded =
        future
            .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(failure -> {
              throw inWords(failure, asked.correlationId());
            });
    var unused =
        bounded.whenComplete((result, failure) -> {
          inbox.close();
          if (bounded.isCancelled()) {
            cancel(asked.correlationId());
          }
        });
    return bounded;
  }

  private RuntimeException inWords(Throwable failure, String correlationId) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof TimeoutException) {
      cancel(correlationId);
      return new MetricsException.TimedOut("no answer within " + timeout);
    }
    return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
  }

  /**
   * Sends a question and hands each answer to {@code answers}, until what is returned is closed.
   *
   * @param failed called with what {@code answers} threw, or why there is no answer
   */
  HubSubscription open(
      QueryEvent query, Consumer<Answer> answers, Consumer<MetricsException> failed) {
    String inbox = hub.newInbox();
    HubSubscription subscription =
        hub.subscribe(
            inbox,
            message -> {
              try {
                answers.accept(Answer.read(message));
              } catch (MetricsException e) {
                failed.accept(e);
              }
            });
    try {
      hub.publish(service + "." + EventTypes.METRICS_QUERY, inbox, query.toJson());
    } catch (MetricsException e) {
      failed.accept(e);
    }
    return subscription;
  }

  long checkMillis() {
    return checkMillis;
  }

  /** Whether the service knows a query of ours; it fails where nobody answers. */
  CompletableFuture<Boolean> isOpen(String correlationId) {
    byte[] event =
        new JsonBuffer(128)
            .raw("{\"type\":\"" + EventTypes.METRICS_QUERIES + "\",\"data\":{\"correlation_id\":")
            .string(CorrelationIds.make())
            .raw("}}")
            .toByteArray();
    return hub.request(service + "." + EventTypes.METRICS_QUERIES, Map.of(), event, LIST_TIMEOUT)
        .thenApply(payload -> isListed(payload, correlationId));
  }

  private static boolean isListed(byte[] payload, String correlationId) {
    Answer answer = Answer.read(new HubMessage("", payload, false));
    JsonNode queries = answer.event().result();
    if (queries == null) {
      return true; // a service that does not list them
    }
    for (JsonNode query : queries) {
      if (query.path("correlation_id").asString("").equals(correlationId)) {
        return true;
      }
    }
    return false;
  }

  /** Stops a query of ours in the service; whether that is heard does not matter to anybody. */
  void cancel(String correlationId) {
    byte[] event =
        new JsonBuffer(128)
            .raw("{\"type\":\"" + EventTypes.METRICS_CANCEL + "\",\"data\":{\"correlation_id\":")
            .string(correlationId)
            .raw("}}")
            .toByteArray();
    try {
      hub.publish(service + "." + EventTypes.METRICS_CANCEL, hub.newInbox(), event);
    } catch (MetricsException e) {
      // The hub is away, and the question with it.
    }
  }

  static QueryEvent inParts(QueryEvent query, boolean live) {
    return new QueryEvent(
        query.query(),
        query.timeMillis(),
        query.startMillis(),
        query.endMillis(),
        query.stepMillis(),
        query.timeoutMillis(),
        query.lookbackMillis(),
        query.limit(),
        true,
        false,
        live,
        query.correlationId());
  }

  void opened(LiveQuery query) {
    live.add(query);
  }

  void closed(LiveQuery query) {
    live.remove(query);
  }

  void close() {
    live.forEach(LiveQuery::close);
  }
}
