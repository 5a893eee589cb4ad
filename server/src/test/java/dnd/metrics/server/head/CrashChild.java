package dnd.metrics.server.head;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.wal.DiskLogFiles;
import dnd.metrics.server.wal.LogOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/**
 * The process that {@link CrashTest} kills. Arguments: a data folder, then for each sender the
 * number of the event to begin with. Every event brings one counter sample, one increment and one
 * observation; every acknowledgement is a line of output: sender and event. It never ends by
 * itself.
 */
final class CrashChild {
  static final long EPOCH = 1_700_000_000_000L;
  private static final int IN_FLIGHT = 64;

  /** Small, so that files end, and are removed, all the time. */
  private static final long SEGMENT_BYTES = 1 << 16;

  private CrashChild() {}

  static Labels labels(String metric, int sender) {
    return Labels.of("__name__", metric, "service", "svc" + sender);
  }

  static long timeOf(long event) {
    return EPOCH + event * 7;
  }

  public static void main(String[] args) throws Exception {
    Head head =
        Head.open(
            Path.of(args[0]),
            DiskLogFiles::new,
            HeadOptions.DEFAULT,
            LogOptions.DEFAULT.withSegmentBytes(SEGMENT_BYTES),
            ReplayListener.SILENT);
    Thread.ofPlatform().daemon().start(() -> writeCheckpoints(head));
    PrintStream out = System.out;
    Thread[] threads = new Thread[args.length - 1];
    for (int i = 0; i < threads.length; i++) {
      int sender = i;
      long first = Long.parseLong(args[i + 1]);
      threads[i] = Thread.ofPlatform().start(() -> send(head, sender, first, out));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** One after the other, so that a kill may meet any moment of one. */
  private static void writeCheckpoints(Head head) {
    try {
      while (true) {
        head.checkpoint();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void send(Head head, int number, long first, PrintStream out) {
    Sender sender = head.sender(new SenderId("svc" + number, ""));
    Semaphore inFlight = new Semaphore(IN_FLIGHT);
    try {
      for (long event = first; ; event++) {
        inFlight.acquire();
        long n = event;
        try (SenderBatch batch =
            sender.begin(EventKind.PUSH, "e" + event, timeOf(event) + 60_000)) {
          if (!batch.isDuplicate()) {
            HeadSeries counter = batch.resolve(labels("counter", number));
            HeadSeries total = batch.resolve(labels("total", number));
            HeadSeries seconds = batch.resolve(labels("seconds", number));
            if (counter == null || total == null || seconds == null) {
              throw new IllegalStateException("refused: " + batch.rejection());
            }
            batch.append(counter, timeOf(event), (double) event);
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
