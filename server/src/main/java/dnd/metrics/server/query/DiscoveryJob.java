package dnd.metrics.server.query;

import dnd.metrics.events.DiscoveryEvent;
import dnd.metrics.server.model.PatientSource;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.RunningQuery;
import dnd.metrics.server.promql.exec.SeriesSearch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One discovery event from its reception to its answer, with the limits of a query that names no
 * timeout. It is run once; stopped from any thread.
 */
final class DiscoveryJob implements Runnable, OpenQuery {
  private static final Logger LOG = LoggerFactory.getLogger(DiscoveryJob.class);

  private final QueryContext context;
  private final Discovery discovery;
  private final Asker asker;
  private final DiscoveryEvent event;
  private final boolean parts;
  private final String id;
  private final String text;
  private final long receivedMillis;
  private volatile boolean canceled;
  private volatile boolean abandoned;
  private volatile QueryEntry.State state = QueryEntry.State.QUEUED;

  /**
   * @param id the name under which the engine lists the search
   */
  DiscoveryJob(
      QueryContext context,
      Discovery discovery,
      Asker asker,
      DiscoveryEvent event,
      boolean parts,
      String id) {
    this.context = context;
    this.discovery = discovery;
    this.asker = asker;
    this.event = event;
    this.parts = parts;
    this.id = id;
    this.text = text(event);
    this.receivedMillis = context.clock().millis();
  }

  /** As it is listed: what is asked for, and of which series. */
  private static String text(DiscoveryEvent event) {
    StringBuilder text = new StringBuilder(event.kind().type());
    if (!event.label().isEmpty()) {
      text.append(' ').append(event.label());
    }
    for (String match : event.match()) {
      text.append(' ').append(match);
    }
    return text.toString();
  }

  @Override
  public Asker asker() {
    return asker;
  }

  @Override
  public void cancel() {
    canceled = true;
    context.engine().cancel(id);
  }

  @Override
  public void abandon() {
    abandoned = true;
    cancel();
  }

  @Override
  public QueryEntry entry(long nowMillis) {
    RunningQuery search = context.engine().running(id).orElse(null);
    return new QueryEntry(
        asker,
        text,
        state,
        receivedMillis,
        0,
        search == null ? 0 : search.seriesRead(),
        search == null ? 0 : search.heldBytes(),
        search == null ? 0 : search.peakBytes());
  }

  @Override
  public void run() {
    try {
      answer();
    } catch (QueryException e) {
      fail(ErrorAnswer.of(e));
    } catch (UnreadableSamplesException e) {
      LOG.error("{} of {} failed", text, asker.service(), e);
      fail(ErrorAnswer.of(e));
    } catch (OutOfMemoryError e) {
      LOG.error("out of memory in {} of {}", text, asker.service(), e);
      fail(ErrorAnswer.outOfMemory());
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("{} of {} failed", text, asker.service(), e);
      fail(ErrorAnswer.internal());
    } finally {
      context.running().remove(this);
    }
  }

  private void answer() {
    if (canceled) {
      fail(ErrorAnswer.canceled("query queue"));
      return;
    }
    long left = context.limits().timeoutMillis() - (context.clock().millis() - receivedMillis);
    if (left <= 0) {
      fail(ErrorAnswer.timedOutInQueue());
      return;
    }
    if (asker.replyTo() != null && !context.hub().hasInterest(asker.replyTo())) {
      LOG.debug("{} no longer waits for {}", asker.service(), asker);
      return;
    }
    state = QueryEntry.State.RUNNING;
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(left);
    try (SeriesSearch search = context.engine().search(id, text, left)) {
      if (canceled) { // before the engine knew it
        context.engine().cancel(id);
      }
      discovery.answer(
          asker,
          event,
          parts,
          new PatientSource(context.source(), deadlineNanos, context.patient()),
          search,
          () -> canceled);
    }
  }

  private void fail(ErrorAnswer error) {
    if (abandoned) {
      LOG.debug("{} no longer waits for {}: stopped", asker.service(), asker);
      return;
    }
    context.answers().error(asker, error);
  }
}
