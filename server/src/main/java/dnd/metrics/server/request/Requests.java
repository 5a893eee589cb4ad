package dnd.metrics.server.request;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.Envelope;
import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.EventIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.EventWriter;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.JsonBuffer;
import dnd.metrics.events.Problem;
import dnd.metrics.events.StrictJson;
import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.hub.Message;
import dnd.metrics.server.upkeep.FailureLog;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers one family of request events, such as those of dashboards: reads the envelope on the
 * hub's thread, answers on a thread of its own, in the order of arrival, and sends exactly one
 * reply to each. At most {@value #MAX_WAITING} requests wait; who comes then is told so.
 *
 * <p>A reply's {@code data} is {@code {"status": "success", ..., "correlation_id"}}, or {@code
 * {"status": "error", "errorType", "error", "code", "class", "field"?, "correlation_id"}} as in
 * {@code metrics.result} (docs/icd.md).
 *
 * <p>Safe for use by several threads.
 */
public final class Requests implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Requests.class);
  private static final int MAX_WAITING = 1000;
  private static final long FINISH_SECONDS = 2;

  private final Hub hub;
  private final InstantSource clock;
  private final EventIds ids = new EventIds();
  private final ThreadPoolExecutor worker;
  private final List<Hub.Subscription> subscriptions = new ArrayList<>();

  /**
   * @param name of the thread that answers
   */
  public Requests(Hub hub, InstantSource clock, String name) {
    this.hub = hub;
    this.clock = clock;
    this.worker =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> Thread.ofPlatform().name(name).daemon().unstarted(task));
  }

  /** Lets {@code handler} answer events of {@code type} with events of {@code replyType}. */
  public void subscribe(String type, String replyType, RequestHandler handler) {
    subscriptions.add(
        hub.subscribe(
            "*." + type,
            EventTypes.SERVICE_NAME,
            message -> receive(message, type, replyType, handler)));
  }

  /**
   * Runs {@code task} between two requests, on their thread; does nothing where as many wait as
   * may, or no more are taken.
   *
   * @return whether it will be run
   */
  public boolean run(Runnable task) {
    try {
      worker.execute(() -> {
        try {
          task.run();
        } catch (RuntimeException | Error e) {
          FailureLog.say(LOG, "a task between requests failed", e);
        }
      });
      return true;
    } catch (RejectedExecutionException e) {
      LOG.debug("a task was not taken between requests", e);
      return false;
    }
  }

  private void receive(Message message, String type, String replyType, RequestHandler handler) {
    String subject = message.subject();
    String service = subject.substring(0, subject.indexOf('.'));
    Recipient recipient =
        new Recipient(service, message.replyTo(), replyType, CorrelationIds.make());
    try {
      Envelope envelope = Envelope.read(message.buffer(), message.offset(), message.length());
      if (isReply(message, envelope, replyType)) {
        return; // the service's own, to a request in the singular without a reply subject
      }
      recipient = recipient.with(correlationId(envelope, recipient.correlationId()));
      envelope.requireType(type);
      envelope.fields().correlationId(); // refuses one that cannot be used
      Recipient known = recipient;
      Request request = new Request(service, message.replyTo(), known.correlationId(), envelope);
      worker.execute(() -> answer(request, known, handler));
    } catch (InvalidEventException e) {
      error(recipient, e.problem());
    } catch (RejectedExecutionException e) {
      ErrorCode code = worker.isShutdown() ? ErrorCode.SHUTTING_DOWN : ErrorCode.TOO_MANY_REQUESTS;
      error(recipient, new Problem(code, "", code.meaning()));
    } catch (RuntimeException | Error e) {
      FailureLog.say(LOG, "{} could not be read", subject, e);
      error(recipient, internal());
    }
  }

  /**
   * Whether the message is a reply of the service, of this process or of another in its queue
   * group, rather than a request whose type is that of the replies: they have no reply subject, and
   * an outcome.
   */
  private static boolean isReply(Message message, Envelope envelope, String replyType) {
    return message.replyTo() == null
        && envelope.type().equals(replyType)
        && EventTypes.SERVICE_NAME.equals(envelope.source())
        && envelope.data().has("status");
  }

  /** The event's own correlation id where it has one that can be used, so that errors carry it. */
  private static String correlationId(Envelope envelope, String made) {
    JsonNode id = envelope.data().get("correlation_id");
    return id != null
            && id.isString()
            && !id.stringValue().isEmpty()
            && id.stringValue().length() <= CorrelationIds.MAX_LENGTH
        ? id.stringValue()
        : made;
  }

  private void answer(Request request, Recipient recipient, RequestHandler handler) {
    try {
      send(recipient, handler.answer(request).put("status", "success"));
    } catch (InvalidEventException e) {
      error(recipient, e.problem());
    } catch (RuntimeException | Error e) {
      FailureLog.say(
          LOG,
          "{} of {} failed correlation_id={}",
          request.envelope().type(),
          request.service(),
          request.correlationId(),
          e);
      error(recipient, internal());
    }
  }

  private static Problem internal() {
    return new Problem(ErrorCode.INTERNAL_ERROR, "", "the service's log says more");
  }

  private void error(Recipient recipient, Problem problem) {
    ObjectNode data = StrictJson.mapper().createObjectNode().put("status", "error");
    data.put(
        "errorType",
        switch (problem.code().errorClass()) {
          case USER -> "bad_data";
          case RESOURCES -> "unavailable";
          case INTERNAL -> "internal";
        });
    data.put("error", problem.description());
    data.put("code", problem.code().text());
    data.put("class", problem.code().errorClass().text());
    if (!problem.field().isEmpty()) {
      data.put("field", problem.field());
    }
    try {
      send(recipient, data);
    } catch (InvalidEventException | RuntimeException e) {
      LOG.warn("{}: {} (could not be sent)", recipient.service(), problem.description(), e);
    }
  }

  private void send(Recipient recipient, ObjectNode data) throws InvalidEventException {
    data.put("correlation_id", recipient.correlationId());
    JsonBuffer out = new JsonBuffer(1024);
    EventWriter.begin(out, recipient.replyType(), ids.next(), clock.millis());
    out.raw(",\"data\":").raw(StrictJson.mapper().writeValueAsBytes(data));
    byte[] event = EventWriter.end(out).toByteArray();
    if (event.length > hub.maxPayloadBytes()) {
      throw new InvalidEventException(
          ErrorCode.RESULT_TOO_LARGE,
          "",
          "the answer has "
              + event.length
              + " bytes, the hub's max_payload is "
              + hub.maxPayloadBytes());
    }
    hub.publish(recipient.subject(), null, Headers.NONE, event);
  }

  /** Takes no more requests and answers those that wait. */
  @Override
  public void close() {
    subscriptions.forEach(Hub.Subscription::close);
    subscriptions.clear();
    worker.shutdown();
    try {
      if (!worker.awaitTermination(FINISH_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("{} requests were not answered", worker.shutdownNow().size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Where a reply goes, and what it is. */
  private record Recipient(
      String service, @Nullable String replyTo, String replyType, String correlationId) {
    Recipient with(String otherCorrelationId) {
      return new Recipient(service, replyTo, replyType, otherCorrelationId);
    }

    String subject() {
      return replyTo != null ? replyTo : service + "." + replyType;
    }
  }
}
