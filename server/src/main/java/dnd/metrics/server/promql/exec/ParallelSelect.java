package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Series;
import dnd.metrics.server.promql.plan.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The series of a selector through a pipeline, in the selector's order. Where there is much to do
 * and a helper thread is idle, the series are cut into slices that whoever is free takes next: the
 * query's own thread takes one too whenever the slice it needs is not ready. Results are the same,
 * and in the same order, as of one thread. Few slices may be ahead of the reader, so that memory
 * stays bounded.
 *
 * <p>A slice belongs to the thread that moves it from FREE to TAKEN; its results are published by
 * DONE.
 */
final class ParallelSelect implements SeriesOperator {
  /** Below so many samples and steps together one thread is as fast. */
  private static final long LEAST_WORK = 150_000;

  private static final long SLICE_WORK = 30_000;
  private static final int MAX_AHEAD = 8;
  private static final long USUAL_INTERVAL_MILLIS = 10_000;
  private static final long WAIT_NANOS = 20_000;
  private static final int SPINS = 200;

  private static final int FREE = 0;
  private static final int TAKEN = 1;
  private static final int DONE = 2;

  private final QueryContext context;
  private final Selection selection;
  private final int steps;
  private final Supplier<SeriesPipeline> pipelines;
  private final SeriesPipeline own;
  private boolean begun;
  private Slice[] slices = {};

  /** The slice that is being read; written by the query's thread only. */
  private volatile int reading;

  private int nextInSlice;
  private boolean streaming;
  private volatile boolean stopped;

  /**
   * @param pipelines makes pipelines over the selector's series
   */
  ParallelSelect(
      QueryContext context, Selection selection, int steps, Supplier<SeriesPipeline> pipelines) {
    this.context = context;
    this.selection = selection;
    this.steps = steps;
    this.pipelines = pipelines;
    this.own = pipelines.get();
  }

  private static final class Slice {
    final List<? extends Series> series;
    final AtomicInteger state = new AtomicInteger(FREE);
    final List<StepSeries> results = new ArrayList<>();
    @Nullable Throwable failure;

    Slice(List<? extends Series> series) {
      this.series = series;
    }

    boolean take() {
      return state.get() == FREE && state.compareAndSet(FREE, TAKEN);
    }

    void evaluate(SeriesPipeline pipeline) {
      try {
        pipeline.leaf().over(series);
        StepSeries one;
        while ((one = pipeline.operator().next()) != null) {
          results.add(one);
        }
      } catch (RuntimeException | Error e) {
        failure = e;
      }
      state.set(DONE);
    }

    void fail(Throwable why) {
      failure = why;
      state.set(DONE);
    }
  }

  @Override
  public @Nullable StepSeries next() {
    if (!begun) {
      begun = true;
      begin();
    }
    if (slices.length == 0) {
      return own.operator().next();
    }
    while (true) {
      if (streaming) {
        StepSeries one = own.operator().next();
        if (one != null) {
          return one;
        }
        streaming = false;
        advance();
      }
      if (reading == slices.length) {
        return null;
      }
      Slice slice = slices[reading];
      if (slice.take()) {
        own.leaf().over(slice.series);
        streaming = true;
        continue;
      }
      await(slice);
      if (nextInSlice < slice.results.size()) {
        return slice.results.get(nextInSlice++);
      }
      slice.results.clear();
      nextInSlice = 0;
      advance();
    }
  }

  /** Only the query's own thread moves on. */
  private void advance() {
    int next = reading + 1;
    reading = next;
  }

  private void begin() {
    List<? extends Series> found = context.select(selection);
    own.leaf().over(found);
    long samples =
        (selection.toMillis() - selection.fromMillis()) / USUAL_INTERVAL_MILLIS + steps + 10L;
    long work = samples * found.size();
    if (work < LEAST_WORK || found.size() < 4 || !context.mayHaveHelp()) {
      return;
    }
    int count = (int) Math.min(found.size(), Math.max(4, work / SLICE_WORK));
    Slice[] cut = new Slice[count];
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) found.size() * i / count);
      int to = (int) ((long) found.size() * (i + 1) / count);
      cut[i] = new Slice(found.subList(from, to));
    }
    for (int i = 0; i < context.helpers.count(); i++) {
      CountDownLatch ended = new CountDownLatch(1);
      boolean helped =
          context.helpers.tryHelp(() -> {
            try {
              help(cut);
            } finally {
              ended.countDown();
            }
          });
      if (!helped) {
        break;
      }
      slices = cut;
      context.whenOver(() -> {
        stopped = true;
        awaitEnd(ended);
      });
    }
  }

  private static void awaitEnd(CountDownLatch ended) {
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // a helper looks for its end often: it is near
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void help(Slice[] cut) {
    SeriesPipeline pipeline = null;
    int next = 0;
    while (next < cut.length && !stopped) {
      if (next > reading + MAX_AHEAD) {
        LockSupport.parkNanos(WAIT_NANOS);
      } else {
        Slice slice = cut[next++];
        if (slice.take()) {
          pipeline = pipeline == null ? pipelineFor(slice) : pipeline;
          if (pipeline == null) {
            return; // the query ends with what this one failed of
          }
          slice.evaluate(pipeline);
        }
      }
    }
  }

  /**
   * A helper's own pipeline, made when it is needed: it takes memory, of which there may be none.
   */
  private @Nullable SeriesPipeline pipelineFor(Slice first) {
    try {
      return pipelines.get();
    } catch (RuntimeException | Error e) {
      first.fail(e);
      return null;
    }
  }

  /** Waits for another thread's slice; meanwhile takes one that comes after it. */
  private void await(Slice slice) {
    int spins = 0;
    int ahead = reading + 1;
    SeriesPipeline pipeline = own;
    while (slice.state.get() != DONE) {
      if (ahead < slices.length && ahead <= reading + MAX_AHEAD) {
        Slice later = slices[ahead++];
        if (later.take()) {
          later.evaluate(pipeline);
        }
      } else if (++spins < SPINS) {
        Thread.onSpinWait();
      } else {
        context.check();
        LockSupport.parkNanos(WAIT_NANOS);
      }
    }
    Throwable failure = slice.failure;
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }
}
