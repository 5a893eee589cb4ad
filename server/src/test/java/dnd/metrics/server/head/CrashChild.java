package dnd.metrics.server.head;

import dnd.metrics.server.block.BlockFiles;
import dnd.metrics.server.block.DiskBlockFiles;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.storage.Blocks;
import dnd.metrics.server.storage.Deleter;
import dnd.metrics.server.storage.HeadBlocks;
import dnd.metrics.server.wal.DiskLogFiles;
import dnd.metrics.server.wal.LogOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * The process that {@link CrashTest} kills. Arguments: a data folder, then for each sender the
 * number of the event to begin with. Every event brings one counter sample, one increment, one
 * observation, and a sample that is deleted later; every acknowledgement is a line of output:
 * sender and event; blocks that were cut are one: -1 and how many. Deletions are two: -2 and the
 * event up to which samples are to be deleted, then -3 and it, once they are. It never ends by
 * itself.
 */
final class CrashChild {
  static final long EPOCH = 1_700_000_000_000L;

  /** So long that a second of sending is hours of samples, and ranges are over all the time. */
  private static final long MILLIS_BETWEEN_EVENTS = 10_000;

  private static final int MOST_EVENTS_APART = 100;

  /** Some ranges: sending waits for cutting, or there would be more blocks each time. */
  private static final int MOST_EVENTS_AHEAD = 5_000;

  private static final int IN_FLIGHT = 64;

  /** Small, so that files end, and are removed, all the time. */
  private static final long SEGMENT_BYTES = 1 << 16;

  private CrashChild() {}

  static Labels labels(String metric, int sender) {
    return Labels.of("__name__", metric, "service", "svc" + sender);
  }

  static long timeOf(long event) {
    return EPOCH + event * MILLIS_BETWEEN_EVENTS;
  }

  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    Head head =
        Head.open(
            Path.of(args[0]),
            DiskLogFiles::new,
            HeadOptions.DEFAULT,
            LogOptions.DEFAULT.withSegmentBytes(SEGMENT_BYTES),
            ReplayListener.SILENT);
    BlockFiles files = new DiskBlockFiles(Path.of(args[0]).resolve("blocks"));
    Blocks blocks =
        Blocks.open(
            files,
            report -> {
              throw new IllegalStateException(report);
            });
    HeadBlocks sink = new HeadBlocks(blocks, InstantSource.system(), new SecureRandom());
    Thread[] threads = new Thread[args.length - 1];
    AtomicLongArray progress = new AtomicLongArray(threads.length);
    for (int i = 0; i < threads.length; i++) {
      progress.set(i, Long.parseLong(args[i + 1]));
    }
    AtomicLong maintained = new AtomicLong(least(progress));
    Thread.ofPlatform().daemon().start(() -> maintain(head, sink, progress, maintained, out));
    Thread.ofPlatform().daemon().start(() -> delete(new Deleter(head, blocks), maintained, out));
    for (int i = 0; i < threads.length; i++) {
      int sender = i;
      long first = Long.parseLong(args[i + 1]);
      threads[i] =
          Thread.ofPlatform().start(() -> send(head, sender, first, progress, maintained, out));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static long least(AtomicLongArray progress) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < progress.length(); i++) {
      least = Math.min(least, progress.get(i));
    }
    return least;
  }

  /** One thing after the other, so that a kill may meet any moment of one. */
  private static void maintain(
      Head head,
      HeadBlocks sink,
      AtomicLongArray progress,
      AtomicLong maintained,
      PrintStream out) {
    try {
      while (true) {
        long reached = least(progress);
        int blocks = head.cut(sink);
        if (blocks > 0) {
          out.println("-1 " + blocks);
        }
        head.finishSilent(Long.MAX_VALUE);
        head.storeChunks();
        head.listChunks(1, 1);
        head.checkpoint();
        maintained.set(reached);
      }
    } catch (IOException | RuntimeException e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1); // the senders would wait for ever
    }
  }

  /** Deletes again and again what is older, in the head and in blocks. */
  private static void delete(Deleter deleter, AtomicLong maintained, PrintStream out) {
    try {
      long before = 0;
      while (true) {
        long reached = maintained.get() - 1; // that one may be on its way
        if (reached <= before) {
          LockSupport.parkNanos(1_000_000);
          continue;
        }
        before = reached;
        out.println("-2 " + reached);
        deleter.delete(
            new Deletion(
                List.of(List.of(Matcher.equal("__name__", "scratch"))), EPOCH, timeOf(reached)),
            new SenderId("crash", ""),
            "",
            timeOf(reached));
        out.println("-3 " + reached);
      }
    } catch (IOException | RuntimeException e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  /** Waits while others are so far behind that their totals would be forgotten, or cutting is. */
  private static void keepTogether(
      AtomicLongArray progress, AtomicLong maintained, int number, long event) {
    progress.set(number, event);
    while (event - maintained.get() > MOST_EVENTS_AHEAD) {
      LockSupport.parkNanos(100_000);
    }
    for (int other = 0; other < progress.length(); other++) {
      while (event - progress.get(other) > MOST_EVENTS_APART) {
        LockSupport.parkNanos(100_000);
      }
    }
  }

  private static void send(
      Head head,
      int number,
      long first,
      AtomicLongArray progress,
      AtomicLong maintained,
      PrintStream out) {
    Semaphore inFlight = new Semaphore(IN_FLIGHT);
    try {
      Sender sender = head.sender(new SenderId("svc" + number, ""));
      for (long event = first; ; event++) {
        keepTogether(progress, maintained, number, event);
        inFlight.acquire();
        long n = event;
        try (SenderBatch batch =
            sender.begin(EventKind.PUSH, "e" + event, timeOf(event) + 60_000)) {
          if (!batch.isDuplicate()) {
            HeadSeries counter = batch.resolve(labels("counter", number));
            HeadSeries total = batch.resolve(labels("total", number));
            HeadSeries seconds = batch.resolve(labels("seconds", number));
            HeadSeries scratch = batch.resolve(labels("scratch", number));
            if (counter == null || total == null || seconds == null || scratch == null) {
              throw new IllegalStateException("refused: " + batch.rejection());
            }
            batch.append(counter, timeOf(event), (double) event);
            batch.append(scratch, timeOf(event), (double) event);
            batch.addDelta(total, timeOf(event), 1);
            batch.observe(seconds, timeOf(event), (double) (1 + event % 10));
          }
          batch.commit(
              new CommitCallback() {
                @Override
                public void committed() {
                  out.println(number + " " + n);
                  inFlight.release();
                }

                @Override
                public void failed(IOException reason) {
                  throw new IllegalStateException(reason);
                }
              });
        }
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
