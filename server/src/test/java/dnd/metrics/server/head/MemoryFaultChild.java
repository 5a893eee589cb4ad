package dnd.metrics.server.head;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.wal.DiskLogFiles;
import dnd.metrics.server.wal.LogOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The process that {@link MemoryFaultTest} starts with a small heap. Arguments: a data folder, a
 * seed, and how many events. In front of most events it takes all of the heap but for a few bytes
 * or kilobytes, and gives them back behind; what was not acknowledged is sent again. At the end it
 * compares what the head has with what was acknowledged, and with what a start brings back; it says
 * what is wrong and ends with 1, or a line with figures.
 */
final class MemoryFaultChild {
  private static final int SERIES = 24;
  private static final int SAMPLES = 7;

  /** So many come first, since a class that cannot be initialised for want of memory never is. */
  private static final int WARM = 6;

  private static final long START = 1_700_006_400_000L;
  private static final long STEP = 10_000;
  private static final SenderId SENDER = new SenderId("dice", "");

  private final Random random;
  private final List<byte[]> ballast = new ArrayList<>(1 << 20);
  private int refused;
  private int failures;

  private MemoryFaultChild(long seed) {
    this.random = new Random(seed);
  }

  public static void main(String[] args) throws Exception {
    new MemoryFaultChild(Long.parseLong(args[1])).run(Path.of(args[0]), Integer.parseInt(args[2]));
  }

  private static Head open(Path folder) throws IOException {
    return Head.open(
        folder,
        DiskLogFiles::new,
        HeadOptions.DEFAULT,
        LogOptions.DEFAULT.withSegmentBytes(1 << 18),
        ReplayListener.SILENT);
  }

  private void run(Path folder, int events) throws Exception {
    Map<Labels, List<String>> before;
    try (Head head = open(folder)) {
      warmUp(head);
      for (int event = WARM; event < events; event++) {
        take(head, event);
        if (random.nextInt(12) == 0) {
          maintain(head);
        }
      }
      head.finishSilent(Long.MAX_VALUE);
      head.storeChunks();
      before = Samples.of(head);
      check(before, events);
    }
    try (Head head = open(folder)) {
      Map<Labels, List<String>> after = Samples.of(head);
      before.forEach((labels, samples) -> checkSame(labels, samples, after.get(labels)));
      if (after.size() != before.size()) {
        throw new IllegalStateException("a start brings back more: " + after.keySet());
      }
      head.checkpoint();
    }
    System.out.printf("%d events, %d refused, %d failures%n", events, refused, failures);
  }

  private void warmUp(Head head) throws Exception {
    for (int event = 0; event < WARM; event++) {
      sendUntilTaken(head, "e" + event, event);
      head.storeChunks();
      head.listChunks(1, 1);
      head.checkpoint();
      head.finishSilent(Long.MAX_VALUE);
    }
    Samples.of(head);
    try {
      ballast.add(new byte[Integer.MAX_VALUE]);
    } catch (OutOfMemoryError e) {
      ballast.clear();
    }
  }

  /** Takes all of the heap but for a little. */
  private void starve() {
    for (int bytes = 1 << 18; bytes >= 512; bytes >>= 3) {
      try {
        while (true) {
          ballast.add(new byte[bytes]);
        }
      } catch (OutOfMemoryError e) {
        // now with smaller ones
      }
    }
    int left = 1 << random.nextInt(19);
    for (int given = 0; given < left && !ballast.isEmpty(); ) {
      given += ballast.removeLast().length;
    }
  }

  private void take(Head head, int event) throws IOException {
    String id = "e" + event;
    if (random.nextInt(4) != 0) {
      CommitLatch done = new CommitLatch();
      boolean answered = false;
      starve();
      try {
        push(head, id, event, done);
        answered = true;
      } catch (OutOfMemoryError | HeadUnavailableException e) {
        refused++;
      } finally {
        ballast.clear();
      }
      if (answered) {
        try {
          done.await();
          return;
        } catch (IOException e) {
          refused++;
        }
      }
    }
    sendUntilTaken(head, id, event);
  }

  /** The log tries again every half second. */
  private static void sendUntilTaken(Head head, String id, int event) throws IOException {
    long began = System.nanoTime();
    while (true) {
      try {
        CommitLatch done = new CommitLatch();
        push(head, id, event, done);
        done.await();
        return;
      } catch (IOException e) {
        if (System.nanoTime() - began > TimeUnit.MINUTES.toNanos(1)) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      }
    }
  }

  private static void push(Head head, String id, int event, CommitLatch done)
      throws HeadUnavailableException, SenderLimitException {
    try (SenderBatch batch = head.sender(SENDER).begin(EventKind.PUSH, id, timeOf(event, 0))) {
      if (!batch.isDuplicate()) {
        for (int sample = 0; sample < SAMPLES; sample++) {
          for (int i = 0; i < SERIES; i++) {
            append(batch, i, event, sample);
          }
        }
      }
      batch.commit(done);
    }
  }

  private static void append(SenderBatch batch, int i, int event, int sample) {
    long time = timeOf(event, sample);
    if (i == SERIES - 1) { // a new one with each event
      batch.append(batch.resolve(labels(i).with("event", "n" + event)), time, sample);
    } else if (isObserved(i)) {
      batch.observe(batch.resolve(labels(i)), time, (event * 7 + sample) % 1000 - 300);
    } else if (i % 3 == 2) {
      batch.append(batch.resolve(labels(i)), time, histogram(event));
    } else {
      batch.append(batch.resolve(labels(i)), time, (event * 31 + sample * 17 + i) % 97 / 7.0);
    }
  }

  /** What is sent again is counted again, as far as it was: only memory and log are compared. */
  private static boolean isObserved(int i) {
    return i % 5 == 4;
  }

  private static Labels labels(int i) {
    return Labels.of("__name__", "m" + i);
  }

  private static long timeOf(int event, int sample) {
    return START + (event * SAMPLES + sample) * STEP;
  }

  private static Histogram histogram(int event) {
    return Histogram.builder()
        .schema(1)
        .count(event + 1)
        .sum(event)
        .positive(Buckets.contiguous(1, event + 1))
        .build();
  }

  /** What the head's own thread does now and then. */
  private void maintain(Head head) {
    int what = random.nextInt(4);
    starve();
    try {
      switch (what) {
        case 0 -> head.storeChunks();
        case 1 -> head.checkpoint();
        case 2 -> head.listChunks(1, 1);
        default -> head.finishSilent(Long.MAX_VALUE);
      }
    } catch (IOException | OutOfMemoryError e) {
      failures++;
    } finally {
      ballast.clear();
    }
  }

  private static void checkSame(Labels labels, List<String> before, @Nullable List<String> after) {
    if (!before.equals(after)) {
      List<String> more = new ArrayList<>(after == null ? List.of() : after);
      more.removeAll(before);
      List<String> less = new ArrayList<>(before);
      less.removeAll(after == null ? List.of() : after);
      throw new IllegalStateException(
          "%s: a start brings back %s, and not %s".formatted(labels, more, less));
    }
  }

  private static void check(Map<Labels, List<String>> found, int events) {
    for (int i = 0; i < SERIES - 1; i++) {
      List<String> samples = found.get(labels(i));
      if (samples.size() != events * SAMPLES) {
        throw new IllegalStateException(
            "%s: %d samples of %d".formatted(labels(i), samples.size(), events * SAMPLES));
      }
    }
    for (int event = 0; event < events; event++) {
      List<String> samples = found.get(labels(SERIES - 1).with("event", "n" + event));
      if (samples == null || samples.size() != SAMPLES) {
        throw new IllegalStateException("event " + event + ": " + samples);
      }
    }
  }
}
