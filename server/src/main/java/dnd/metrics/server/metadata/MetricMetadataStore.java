package dnd.metrics.server.metadata;

import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.Database;
import dnd.metrics.server.database.DatabaseUnavailableException;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.head.MetricMetadata;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Type, help and unit of every metric that was ever heard of: what the head knows, and what the
 * table {@code metadata} has kept of metrics whose samples are gone. Safe for use by several
 * threads.
 *
 * <p>A thread of its own loads the table, writes what the head knew better at the start, and then
 * what is said anew. What the head has heard is in the log, so a crash before it is in the table
 * costs nothing: the next start writes it.
 */
public final class MetricMetadataStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricMetadataStore.class);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final int CHANGES_PER_WRITE = 1000;

  private final Supplier<Map<String, MetricMetadata>> head;
  private final Database database;
  private final InstantSource clock;
  private final Map<String, MetricMetadata> stored = new ConcurrentHashMap<>();
  private final Set<String> news = ConcurrentHashMap.newKeySet();
  private final Semaphore work = new Semaphore(0);

  /** Down when the table was asked for the first time, whatever came of it. */
  private final CountDownLatch asked = new CountDownLatch(1);

  private final Thread thread;
  private volatile boolean closing;

  /** Whether nothing could be written the last time; of the thread. */
  private boolean failed;

  /** Whether the last attempt ended in a fault, of which the log knows; of the thread. */
  private boolean faulty;

  private final LongAdder faults = new LongAdder();

  /**
   * @param head what senders have said that the head knows, by name of the metric
   */
  public MetricMetadataStore(
      Supplier<Map<String, MetricMetadata>> head, Database database, InstantSource clock) {
    this.head = head;
    this.database = database;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("metadata").daemon().unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /** A sender says something new of this metric; the head knows it already. Never waits. */
  public void heardOf(String metricName) {
    news.add(metricName);
    work.release();
  }

  /**
   * All that is known, by name of the metric. A snapshot; at the start it waits for the first
   * attempt to load the table, and where the database is away it is what the head knows.
   */
  public Map<String, MetricMetadata> all() {
    try {
      asked.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Map<String, MetricMetadata> all = new TreeMap<>(stored);
    head.get().forEach((name, said) -> all.merge(name, said, MetricMetadataStore::updated));
    return all;
  }

  /** What was known, with what was said since: the empty says nothing. */
  private static MetricMetadata updated(MetricMetadata known, MetricMetadata said) {
    return new MetricMetadata(
        said.type().isEmpty() ? known.type() : said.type(),
        said.help().isEmpty() ? known.help() : said.help(),
        said.unit().isEmpty() ? known.unit() : said.unit());
  }

  private void run() {
    try {
      boolean loaded = attempt(this::load);
      asked.countDown();
      while (!loaded && !closing) {
        work.tryAcquire(RETRY.toMillis(), TimeUnit.MILLISECONDS);
        work.drainPermits();
        loaded = attempt(this::load);
      }
      if (!loaded) {
        return;
      }
      while (true) {
        boolean last = closing;
        boolean written = attempt(this::write);
        if (last) {
          return;
        }
        if (!written) {
          Thread.sleep(RETRY);
        } else if (news.isEmpty()) {
          work.acquire();
          work.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      // close() does so where the disk is too slow to wait for; the log has it all
    } finally {
      asked.countDown();
    }
  }

  /** No fault ends the thread: what is to be done is tried again, and the log has the first. */
  private boolean attempt(BooleanSupplier step) {
    try {
      boolean done = step.getAsBoolean();
      faulty &= !done;
      return done;
    } catch (RuntimeException | Error e) {
      faults.increment();
      if (!faulty) {
        LOG.error("metadata could not be loaded or stored, which is tried again", e);
      }
      faulty = true;
      return false;
    }
  }

  /** How often a fault of ours kept metadata from being loaded or stored. */
  public long faults() {
    return faults.sum();
  }

  private boolean load() {
    try {
      for (Row row : database.read(Table.METADATA, Map.of())) {
        stored.put(
            row.text("metric"),
            new MetricMetadata(
                row.optionalText("type").orElse(""),
                row.optionalText("help").orElse(""),
                row.optionalText("unit").orElse("")));
      }
      news.addAll(head.get().keySet());
      return true;
    } catch (DatabaseUnavailableException e) {
      LOG.debug("metadata cannot be loaded yet: {}", e.getMessage());
      return false;
    }
  }

  /** Writes what is new and differs; false where the disk failed. */
  private boolean write() {
    while (!news.isEmpty()) {
      List<String> taken = take();
      boolean written = false;
      try {
        written = write(taken);
      } finally {
        if (!written) {
          failed = true;
          news.addAll(taken);
        }
      }
      if (!written) {
        return false;
      }
    }
    return true;
  }

  private boolean write(List<String> taken) {
    Map<String, MetricMetadata> known = head.get(); // now: it has every name that was taken
    Map<String, MetricMetadata> changed = new TreeMap<>();
    for (String name : taken) {
      MetricMetadata said = known.get(name);
      MetricMetadata before = stored.get(name);
      if (said != null) {
        MetricMetadata now = before == null ? said : updated(before, said);
        if (!now.equals(before)) {
          changed.put(name, now);
        }
      }
    }
    try {
      database.write(changes(changed));
    } catch (IOException e) {
      LOG.warn(
          "metadata of {} metrics is not stored yet: {}",
          news.size() + taken.size(),
          e.getMessage());
      return false;
    } catch (RuntimeException e) {
      if (taken.size() > 1) {
        throw e; // the next attempt is with one alone
      }
      faults.increment();
      LOG.error("metadata of {} cannot be stored, the next start tries it again", taken, e);
      return true; // the others are to be stored nevertheless
    }
    failed &= changed.isEmpty();
    stored.putAll(changed);
    return true;
  }

  /**
   * A few names; one after a failure, since the database keeps in memory what it could not make
   * lasting, so that all of them at each attempt would fill the memory, and since one may have a
   * fault that the others have not.
   */
  private List<String> take() {
    int atMost = failed ? 1 : CHANGES_PER_WRITE;
    List<String> taken = new ArrayList<>();
    Iterator<String> names = news.iterator();
    while (names.hasNext() && taken.size() < atMost) {
      taken.add(names.next());
      names.remove();
    }
    return taken;
  }

  private List<Change> changes(Map<String, MetricMetadata> changed) {
    long nowMillis = clock.millis();
    List<Change> changes = new ArrayList<>();
    changed.forEach((name, metadata) ->
        changes.add(
            new Change.Put(
                Table.METADATA,
                Row.builder()
                    .text("metric", name)
                    .text("type", metadata.type())
                    .text("help", metadata.help())
                    .text("unit", metadata.unit())
                    .timeMillis("updated_at", nowMillis)
                    .build())));
    return changes;
  }

  /** Writes what is still to be written. */
  @Override
  public void close() {
    closing = true;
    work.release();
    try {
      if (!thread.join(RETRY)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
