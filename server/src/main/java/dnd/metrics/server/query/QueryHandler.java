package dnd.metrics.server.query;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.DiscoveryEvent;
import dnd.metrics.events.Envelope;
import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.QueryEvent;
import dnd.metrics.server.head.MetricMetadata;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.hub.Message;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.Annotations;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.promql.parse.ParserOptions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Answers questions: {@code *.metrics.query}, {@code .cancel}, {@code .series}, {@code .labels},
 * {@code .label_values}, {@code .metadata} and {@code .parse} (docs/icd.md). Any service may ask;
 * every question gets one answer, in parts where it asks for them. An event is read on the hub's
 * thread, and answered on a thread of {@link QueryThreads}; {@link QuickQueries} at once.
 */
public final class QueryHandler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QueryHandler.class);
  private static final long FINISH_MILLIS = 2000;

  private final QueryContext context;
  private final Discovery discovery;
  private final QueryThreads threads;
  private final LiveQueries live;
  private final AskerLookout lookout;
  private final QuickQueries quick = new QuickQueries();
  private final AtomicLong numbers = new AtomicLong();
  private final List<Hub.Subscription> subscriptions = new ArrayList<>();

  /**
   * @param source where series are found
   * @param metadata what is known of metrics, by name
   * @param watcher where live queries learn of new samples
   */
  public QueryHandler(
      Hub hub,
      SeriesSource source,
      Supplier<Map<String, MetricMetadata>> metadata,
      SeriesWatcher watcher,
      QueryEngine engine,
      QueryLimits limits,
      InstantSource clock) {
    Answers answers = new Answers(hub, clock, limits.maxTimeoutMillis());
    this.context =
        new QueryContext(
            hub,
            source,
            new Semaphore(limits.maxRunning() / 2), // the others' threads are for who need not wait
            engine,
            answers,
            new RunningQueries(),
            new QueryFigures(),
            limits,
            clock);
    this.discovery = new Discovery(metadata, answers);
    this.threads = new QueryThreads(limits.maxRunning(), limits.maxQueued());
    this.live = new LiveQueries(context, watcher, threads);
    this.lookout = new AskerLookout(hub, context.running());
  }

  /** Reads the fields of one type of question and sees to its answer. */
  @FunctionalInterface
  private interface Question {
    void read(Asker asker, Envelope envelope) throws InvalidEventException;
  }

  /** How the queries so far have ended. */
  public QueryFigures figures() {
    return context.figures();
  }

  /** How many queries wait or run, live ones among them. */
  public int open() {
    return context.running().all().size();
  }

  /** Subscribes; to be called once. */
  public void start() {
    subscribe(EventTypes.METRICS_QUERY, this::query);
    subscribe(EventTypes.METRICS_CANCEL, this::cancel);
    subscribe(EventTypes.METRICS_QUERIES, this::list);
    subscribe(EventTypes.METRICS_PARSE, this::parse);
    for (DiscoveryEvent.Kind kind : DiscoveryEvent.Kind.values()) {
      subscribe(kind.type(), (asker, envelope) -> discover(kind, asker, envelope));
    }
  }

  private void subscribe(String type, Question question) {
    subscriptions.add(
        context
            .hub()
            .subscribe(
                "*." + type, EventTypes.SERVICE_NAME, message -> receive(type, message, question)));
  }

  private void receive(String type, Message message, Question question) {
    String subject = message.subject();
    String service = subject.substring(0, subject.indexOf('.'));
    Asker asker = new Asker(service, message.replyTo(), CorrelationIds.make());
    try {
      Envelope envelope = Envelope.read(message.buffer(), message.offset(), message.length());
      asker = new Asker(service, message.replyTo(), correlationId(envelope, asker));
      envelope.requireType(type);
      question.read(asker, envelope);
    } catch (InvalidEventException e) {
      context.answers().error(asker, ErrorAnswer.of(e.problem()));
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("{} could not be read", subject, e);
      context.answers().error(asker, ErrorAnswer.internal());
    }
  }

  /** The event's own correlation id where it has one that can be used, so that errors carry it. */
  private static String correlationId(Envelope envelope, Asker asker) {
    JsonNode id = envelope.data().get("correlation_id");
    return id != null
            && id.isString()
            && !id.stringValue().isEmpty()
            && id.stringValue().length() <= CorrelationIds.MAX_LENGTH
        ? id.stringValue()
        : asker.correlationId();
  }

  private void query(Asker asker, Envelope envelope) throws InvalidEventException {
    QueryEvent event = QueryEvent.from(envelope);
    Long start = event.startMillis();
    Long end = event.endMillis();
    Long step = event.stepMillis();
    int maxSteps = context.limits().maxSteps();
    if (start != null && end != null && step != null) {
      long last = event.live() ? Math.max(end, context.clock().millis()) : end;
      if ((last - start) / step > maxSteps) {
        context.answers().error(asker, ErrorAnswer.tooManySteps(maxSteps));
        return;
      }
    }
    if (event.live()) {
      askLive(asker, event);
      return;
    }
    String id = newId(asker);
    boolean explain = envelope.fields().bool("explain");
    QueryJob job = new QueryJob(context, asker, event, id, explain);
    context.running().add(job);
    if (!explain && quick.mayBe(event)) {
      try {
        job.runQuickly();
        return;
      } catch (NotQuickException e) {
        quick.note(event.query(), e);
      }
    }
    if (!submit(asker, job)) {
      context.running().remove(job);
    }
  }

  private String newId(Asker asker) {
    return asker.service() + "/" + asker.correlationId() + "#" + numbers.incrementAndGet();
  }

  private void askLive(Asker asker, QueryEvent event) {
    LiveAsker open =
        new LiveAsker(
            context,
            asker,
            event,
            ended -> {
              context.running().remove(ended);
              live.leave(ended);
            });
    context.running().add(open);
    ErrorAnswer refused = live.ask(open);
    if (refused != null) {
      open.end(refused);
    }
  }

  private boolean submit(Asker asker, Runnable task) {
    if (threads.submit(task)) {
      return true;
    }
    context.answers().error(asker, ErrorAnswer.tooManyQueries(threads.waiting()));
    return false;
  }

  private void cancel(Asker asker, Envelope envelope) throws InvalidEventException {
    if (!envelope.fields().has("correlation_id")) {
      throw envelope.fields().missing("correlation_id");
    }
    List<OpenQuery> found =
        context.running().find(asker.service(), envelope.fields().correlationId());
    found.forEach(OpenQuery::cancel);
    context
        .answers()
        .send(
            asker,
            false,
            () -> false,
            Answers.foot(Annotations.none(), null),
            stream -> {
              stream.begin(null, '{', '}');
              stream.out().raw("\"canceled\":").number((long) found.size());
              return stream.end();
            });
  }

  private void list(Asker asker, Envelope envelope) throws InvalidEventException {
    long now = context.clock().millis();
    List<QueryEntry> entries =
        context.running().all().stream()
            .map(open -> open.entry(now))
            .sorted(Comparator.comparingLong(QueryEntry::receivedMillis))
            .toList();
    boolean parts = envelope.fields().bool("parts");
    context
        .answers()
        .send(
            asker,
            parts,
            () -> false,
            Answers.foot(Annotations.none(), null),
            stream -> {
              stream.begin(null, '[', ']');
              return Elements.write(stream, entries, (out, entry) -> entry.write(out, now));
            });
  }

  private void parse(Asker asker, Envelope envelope) throws InvalidEventException {
    String query = envelope.fields().requireString("query");
    submit(asker, () -> answerSafely(asker, () -> answerParse(asker, query)));
  }

  private void answerParse(Asker asker, String query) {
    Expr expr;
    try {
      expr = Parser.parse(query, ParserOptions.ALL);
    } catch (ParseException e) {
      context.answers().error(asker, ErrorAnswer.of(e, "query", ErrorCode.INVALID_QUERY));
      return;
    }
    context
        .answers()
        .send(
            asker,
            false,
            () -> false,
            Answers.foot(Annotations.none(), null),
            stream -> {
              stream.begin(null, '{', '}');
              int bracket = stream.out().length();
              stream.out().truncate(bracket - 1); // the tree brings its own brackets
              SyntaxTree.write(stream.out(), expr);
              stream.out().truncate(stream.out().length() - 1);
              return stream.end();
            });
  }

  private void discover(DiscoveryEvent.Kind kind, Asker asker, Envelope envelope)
      throws InvalidEventException {
    DiscoveryEvent event = DiscoveryEvent.from(kind, envelope);
    boolean parts = envelope.fields().bool("parts");
    DiscoveryJob job = new DiscoveryJob(context, discovery, asker, event, parts, newId(asker));
    context.running().add(job);
    if (!submit(asker, job)) {
      context.running().remove(job);
    }
  }

  private void answerSafely(Asker asker, Runnable answer) {
    try {
      answer.run();
    } catch (OutOfMemoryError e) {
      LOG.error("out of memory in a question of {}", asker.service(), e);
      context.answers().error(asker, ErrorAnswer.outOfMemory());
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("a question of {} failed", asker.service(), e);
      context.answers().error(asker, ErrorAnswer.internal());
    }
  }

  /**
   * Takes no more questions, gives those that run a moment, then cancels them. A quick query runs
   * on a thread of the hub, which has waited for it when it was drained, as it is before this.
   */
  @Override
  public void close() {
    subscriptions.forEach(Hub.Subscription::close);
    subscriptions.clear();
    live.close();
    lookout.close();
    if (!threads.finish(FINISH_MILLIS)) {
      context.running().all().forEach(OpenQuery::cancel);
      if (!threads.finish(FINISH_MILLIS)) {
        for (OpenQuery job : context.running().all()) {
          context.answers().error(job.asker(), ErrorAnswer.shuttingDown());
        }
      }
    }
    threads.close();
  }
}
