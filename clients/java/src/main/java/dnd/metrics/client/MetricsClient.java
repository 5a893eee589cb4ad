package dnd.metrics.client;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.QueryEvent;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A service's access to dnd-metrics over the Message Hub. It counts in the process and pushes in
 * the background; asks PromQL; and is told of alerts and dashboards.
 *
 * <p>Metrics are named by name and labels ({@link #incCounter}), or kept as handles ({@link
 * #counter}), which are faster. Neither does I/O nor waits. Safe for use by several threads; one
 * client a process is enough. {@link #close} flushes and says that the instance is gone.
 */
public final class MetricsClient implements AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
  private static final Map<String, String> NO_LABELS = Map.of();

  private final ChangedSeries changes;
  private final SeriesTable table;
  private final PushThread thread;
  private final Pusher pusher;
  private final Reports reports;
  private final Questions questions;
  private final Announcements announcements;
  private final AutoCloseable own;
  private volatile boolean closed;

  MetricsClient(
      PushSettings settings,
      MessageHub hub,
      ClientClock clock,
      Backoff backoff,
      ClientCallbacks callbacks,
      Duration queryTimeout,
      long liveCheckMillis,
      AutoCloseable own) {
    this.own = own;
    thread = new PushThread(clock, callbacks);
    changes = new ChangedSeries(settings.batchSize(), thread::wake);
    table = new SeriesTable(settings.labels(), changes, clock::wallMillis);
    pusher = new Pusher(settings, hub, clock, table, changes, backoff, callbacks, thread::wake);
    reports = new Reports(pusher, settings.reportIntervalMillis(), callbacks);
    questions = new Questions(hub, settings.service(), queryTimeout, liveCheckMillis);
    announcements = new Announcements(hub, callbacks);
  }

  public static MetricsClientBuilder builder() {
    return new MetricsClientBuilder();
  }

  /**
   * A client of {@code serviceId} with a connection of its own, which reconnects for ever.
   *
   * @param url such as {@code nats://127.0.0.1:4222}
   * @throws MetricsException.HubUnavailable where the hub does not answer now
   */
  public static MetricsClient connect(String url, String serviceId) {
    return connect(url, builder().serviceId(serviceId));
  }

  /** The same with settings. */
  public static MetricsClient connect(String url, MetricsClientBuilder settings) {
    Options options =
        new Options.Builder()
            .server(url)
            .connectionName("dnd-metrics-client")
            .maxReconnects(-1)
            .reconnectWait(Duration.ofMillis(500))
            .errorListener(new ErrorListener() {}) // an outage is logged once, by the client
            .build();
    try {
      Connection connection = Nats.connect(options);
      try {
        return settings.messageHub(connection).own(connection).build();
      } catch (MetricsException e) {
        connection.close();
        throw e;
      }
    } catch (IOException e) {
      throw new MetricsException.HubUnavailable("cannot connect to the hub at " + url, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MetricsException.HubUnavailable("interrupted while connecting to " + url, e);
    }
  }

  void start() {
    thread.start(pusher);
  }

  Pusher pusher() {
    return pusher;
  }

  private void checkOpen() {
    if (closed) {
      throw new MetricsException.ClientClosed();
    }
  }

  /** The counter of that name and labels, to be kept; it is there from now on, at 0. */
  public Counter counter(String name, Map<String, String> labels) {
    checkOpen();
    Counter counter = table.counter(name, labels);
    counter.changed();
    return counter;
  }

  public Counter counter(String name) {
    return counter(name, NO_LABELS);
  }

  /** The gauge of that name and labels, to be kept; it is there from the first time it is set. */
  public Gauge gauge(String name, Map<String, String> labels) {
    checkOpen();
    return table.gauge(name, labels);
  }

  public Gauge gauge(String name) {
    return gauge(name, NO_LABELS);
  }

  /** The histogram of that name and labels, to be kept; it is there from now on, empty. */
  public Histogram histogram(String name, Map<String, String> labels) {
    checkOpen();
    Histogram histogram = table.histogram(name, labels);
    histogram.changed();
    return histogram;
  }

  public Histogram histogram(String name) {
    return histogram(name, NO_LABELS);
  }

  /**
   * Says what a metric means and is measured in, in up to 4096 and 512 characters; kept as its
   * metadata.
   */
  public void describe(String name, String help, String unit) {
    checkOpen();
    table.describe(name, help, unit);
  }

  /** Adds 1 to a counter. */
  public void incCounter(String name, Map<String, String> labels) {
    checkOpen();
    table.counter(name, labels).inc();
  }

  public void incCounter(String name) {
    incCounter(name, NO_LABELS);
  }

  /** Adds {@code amount}, a finite number from 0 up, to a counter. */
  public void addCounter(String name, double amount, Map<String, String> labels) {
    checkOpen();
    Counter.check(name, amount);
    table.counter(name, labels).add(amount);
  }

  public void addCounter(String name, double amount) {
    addCounter(name, amount, NO_LABELS);
  }

  public void setGauge(String name, double value, Map<String, String> labels) {
    checkOpen();
    table.gauge(name, labels).set(value);
  }

  public void setGauge(String name, double value) {
    setGauge(name, value, NO_LABELS);
  }

  /** Adds {@code amount}, which may be negative, to a gauge, which begins at 0. */
  public void incGauge(String name, double amount, Map<String, String> labels) {
    checkOpen();
    table.gauge(name, labels).add(amount);
  }

  public void incGauge(String name, double amount) {
    incGauge(name, amount, NO_LABELS);
  }

  /** Takes {@code amount} from a gauge. */
  public void decGauge(String name, double amount, Map<String, String> labels) {
    incGauge(name, -amount, labels);
  }

  public void decGauge(String name, double amount) {
    incGauge(name, -amount, NO_LABELS);
  }

  /** Counts an observation, a finite number, in a histogram. */
  public void observe(String name, double value, Map<String, String> labels) {
    checkOpen();
    Histogram.check(name, value);
    table.histogram(name, labels).observe(value);
  }

  public void observe(String name, double value) {
    observe(name, value, NO_LABELS);
  }

  /** Measures the seconds until what is returned is closed, and observes them in a histogram. */
  public Timer startTimer(String name, Map<String, String> labels) {
    checkOpen();
    return table.histogram(name, labels).startTimer();
  }

  public Timer startTimer(String name) {
    return startTimer(name, NO_LABELS);
  }

  /**
   * Reports {@code source} as a whole at the report interval ({@code metrics.report}), until what
   * is returned is closed. Used by the bridges to other libraries.
   */
  public HubSubscription report(MetricsSource source) {
    checkOpen();
    return reports.add(source);
  }

  /**
   * The value of a PromQL expression now.
   *
   * @throws MetricsException.QueryFailed where the service cannot evaluate it
   * @throws MetricsException.TimedOut where no answer comes in time
   * @throws MetricsException.HubUnavailable where nobody answers
   */
  public QueryResult query(String expression) {
    return Futures.join(queryAsync(expression));
  }

  public QueryResult query(String expression, Instant time) {
    return Futures.join(queryAsync(expression, time));
  }

  public CompletableFuture<QueryResult> queryAsync(String expression) {
    checkOpen();
    return questions.ask(QueryEvent.instant(expression, null));
  }

  public CompletableFuture<QueryResult> queryAsync(String expression, Instant time) {
    checkOpen();
    return questions.ask(QueryEvent.instant(expression, time.toEpochMilli()));
  }

  /** The values of a PromQL expression at {@code start}, {@code start + step} ... {@code end}. */
  public QueryResult queryRange(String expression, Instant start, Instant end, Duration step) {
    return Futures.join(queryRangeAsync(expression, start, end, step));
  }

  public CompletableFuture<QueryResult> queryRangeAsync(
      String expression, Instant start, Instant end, Duration step) {
    checkOpen();
    return questions.ask(
        QueryEvent.range(expression, start.toEpochMilli(), end.toEpochMilli(), step.toMillis()));
  }

  /**
   * The value of a PromQL expression, and again whenever it changes, until the query is closed. See
   * {@link LiveQuery} for how to listen.
   */
  public LiveQuery live(String expression) {
    checkOpen();
    return LiveQuery.instant(questions, expression);
  }

  /** The same, each update handed to {@code callback}, on a thread of the client's. */
  public LiveQuery live(String expression, Consumer<LiveUpdate> callback) {
    LiveQuery live = live(expression);
    live.subscribe(new CallbackSubscriber(callback));
    return live;
  }

  /** The values of a PromQL expression at every {@code step} of the last {@code window}, live. */
  public LiveQuery liveRange(String expression, Duration window, Duration step) {
    checkOpen();
    return LiveQuery.range(questions, expression, window.toMillis(), step.toMillis());
  }

  /** Hands every alert that fires or is resolved to {@code callback}. */
  public HubSubscription onAlert(Consumer<AlertEvent> callback) {
    checkOpen();
    return announcements.onAlert(callback);
  }

  /** Hands every change of a dashboard to {@code callback}. */
  public HubSubscription onDashboard(Consumer<DashboardEvent> callback) {
    checkOpen();
    return announcements.onDashboard(callback);
  }

  /**
   * Pushes what has changed and waits until all is acknowledged (or refused, which {@code
   * onRejected} is told).
   *
   * @throws MetricsException.TimedOut where that takes longer; it goes on in the background
   */
  public void flush(Duration timeout) {
    flush(timeout, CorrelationIds.make());
  }

  /** The same with a correlation id of the caller's choice for the events of this push. */
  public void flush(Duration timeout, String correlationId) {
    CompletableFuture<Void> flush = flushAsync(correlationId);
    try {
      flush.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      flush.cancel(false);
      throw new MetricsException.TimedOut("not all metrics were acknowledged within " + timeout);
    } catch (ExecutionException e) {
      throw Futures.unwrapped(e);
    } catch (InterruptedException e) {
      flush.cancel(false);
      Thread.currentThread().interrupt();
      throw new MetricsException.TimedOut("interrupted while metrics were flushed");
    }
  }

  /** The same without waiting. */
  public CompletableFuture<Void> flushAsync() {
    return flushAsync(CorrelationIds.make());
  }

  CompletableFuture<Void> flushAsync(String correlationId) {
    checkOpen();
    reports.report();
    return pusher.flush(correlationId);
  }

  /** Closes within 5 s. */
  @Override
  public void close() {
    close(CLOSE_TIMEOUT);
  }

  /**
   * Pushes what has changed, says that the instance is gone, so that the service ends its series,
   * and ends. What is not acknowledged within {@code timeout} is given up and told to {@code
   * onDropped}. Closing again has no effect; all other calls fail after it.
   */
  public void close(Duration timeout) {
    CompletableFuture<Void> done = closeAsync(timeout);
    try {
      done.get(timeout.toMillis() + 1000, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // The thread that closes is held up by a callback; there is nothing left to wait for.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeOwn();
  }

  CompletableFuture<Void> closeAsync(Duration timeout) {
    if (!closed) {
      closed = true;
      reports.close();
      questions.close();
      announcements.close();
    }
    return pusher.close(timeout.toMillis());
  }

  private void closeOwn() {
    try {
      own.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new MetricsException.HubUnavailable("the hub's connection could not be closed", e);
    }
  }
}
