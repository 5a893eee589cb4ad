package dnd.metrics.bench;

import dnd.metrics.server.head.AppendOutcome;
import dnd.metrics.server.head.CommitCallback;
import dnd.metrics.server.head.EventKind;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.HeadSeries;
import dnd.metrics.server.head.ReplayListener;
import dnd.metrics.server.head.Sender;
import dnd.metrics.server.head.SenderBatch;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Measures the head with its log alone, without hub and parser: the load of TSBS's devops
 * "cpu-only" (ten gauges a host with ten tags, whole numbers, one sample every 10 s) from so many
 * senders, each on a thread of its own, a hundred samples an event, every event forced to disk
 * before it counts.
 *
 * <p>Usage: {@code HeadBenchmark FOLDER SERIES ROUNDS SENDERS}; the folder must be new. Then the
 * head is opened again, once from its checkpoint, which is timed, and its samples are counted.
 */
public final class HeadBenchmark {
  private static final String[] METRICS = {
    "user", "system", "idle", "nice", "iowait", "irq", "softirq", "steal", "guest", "guest_nice"
  };
  private static final int SAMPLES_PER_EVENT = 100;
  private static final int EVENTS_IN_FLIGHT = 512;
  private static final long START = 1_700_000_000_000L;

  private static final LongAdder SENDERS_CPU_NANOS = new LongAdder();

  private HeadBenchmark() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Path.of(args[0]);
    int series = Integer.parseInt(args[1]);
    int rounds = Integer.parseInt(args[2]);
    int senders = Integer.parseInt(args[3]);
    HeadOptions options = HeadOptions.DEFAULT.withSeriesLimitPerService(Integer.MAX_VALUE);
    long samples = (long) series / senders * senders * rounds;
    try (Head head = Head.open(folder, options, ReplayListener.SILENT)) {
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread[] threads = new Thread[senders];
      long begin = System.nanoTime();
      for (int i = 0; i < senders; i++) {
        int sender = i;
        threads[i] =
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    send(head, sender, series / senders, rounds);
                  } catch (IOException | InterruptedException | RuntimeException e) {
                    failure.set(e);
                  }
                });
      }
      for (Thread thread : threads) {
        thread.join();
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      Throwable problem = failure.get();
      if (problem != null) {
        throw new IllegalStateException(problem);
      }
      System.out.printf(
          "%d series x %d from %d senders: %.2f s, %.0f samples/s, %.0f ns of a sender's CPU a sample; log %.2f"
              + " bytes/sample%n",
          series,
          rounds,
          senders,
          seconds,
          samples / seconds,
          (double) SENDERS_CPU_NANOS.sum() / samples,
          (double) head.status().logBytes() / samples);
      memory(series);
      checkpoint(head);
    }
    long begin = System.nanoTime();
    long cpuBegin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    try (Head head = Head.open(folder, options, ReplayListener.SILENT)) {
      System.out.printf(
          "opened again in %.2f s, %.2f s of this thread's CPU%n",
          (System.nanoTime() - begin) / 1e9,
          (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpuBegin) / 1e9);
      memory(series);
      count(head, samples);
    }
  }

  private static void checkpoint(Head head) throws IOException {
    long begin = System.nanoTime();
    head.checkpoint();
    System.out.printf("checkpoint written in %.2f s%n", (System.nanoTime() - begin) / 1e9);
  }

  private static void memory(int series) {
    System.gc();
    long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    System.out.printf("heap %.0f MB, %.0f bytes a series%n", used / 1e6, (double) used / series);
  }

  private static void count(Head head, long expected) {
    long begin = System.nanoTime();
    SampleBatch batch = new SampleBatch();
    long found = 0;
    for (HeadSeries series :
        head.select(
            List.of(new Matcher(Matcher.Type.REGEX, Labels.METRIC_NAME, "cpu_.*")),
            Long.MIN_VALUE,
            Long.MAX_VALUE)) {
      SampleReader reader = series.read(Long.MIN_VALUE, Long.MAX_VALUE);
      while (reader.next(batch)) {
        found += batch.size;
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf("read %d samples in %.2f s%n", found, seconds);
    if (found != expected) {
      throw new IllegalStateException(found + " samples, not " + expected);
    }
  }

  private static void send(Head head, int number, int series, int rounds)
      throws IOException, InterruptedException {
    Sender sender = head.sender(new SenderId("tsbs" + number, ""));
    HeadSeries[] known = new HeadSeries[series];
    double[] values = new double[series];
    Random random = new Random(number);
    Semaphore inFlight = new Semaphore(EVENTS_IN_FLIGHT);
    CommitCallback done =
        new CommitCallback() {
          @Override
          public void committed() {
            inFlight.release();
          }

          @Override
          public void failed(IOException reason) {
            throw new IllegalStateException(reason);
          }
        };
    for (int round = 0; round < rounds; round++) {
      long time = START + round * 10_000L;
      for (int from = 0; from < series; from += SAMPLES_PER_EVENT) {
        inFlight.acquire();
        try (SenderBatch batch = sender.begin(EventKind.PUSH, null, time)) {
          for (int i = from; i < Math.min(series, from + SAMPLES_PER_EVENT); i++) {
            HeadSeries s = known[i];
            if (s == null) {
              s = batch.resolve(labels(number, i));
              known[i] = s;
            }
            values[i] = Math.clamp(values[i] + random.nextInt(5) - 2, 0, 100);
            if (s == null || batch.append(s, time, values[i]) != AppendOutcome.ACCEPTED) {
              throw new IllegalStateException("not accepted");
            }
          }
          batch.commit(done);
        }
      }
    }
    inFlight.acquire(EVENTS_IN_FLIGHT);
    SENDERS_CPU_NANOS.add(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
  }

  private static Labels labels(int sender, int i) {
    int host = i / METRICS.length;
    return Labels.of(
        "__name__",
        "cpu_usage_" + METRICS[i % METRICS.length],
        "service",
        "tsbs" + sender,
        "hostname",
        "host_" + sender + "_" + host,
        "region",
        "region-" + host % 9,
        "datacenter",
        "datacenter-" + host % 27,
        "rack",
        Integer.toString(host % 100),
        "os",
        "Ubuntu" + host % 3,
        "arch",
        host % 2 == 0 ? "x64" : "x86",
        "team",
        host % 4 == 0 ? "NYC" : "LON",
        "service_version",
        Integer.toString(host % 2),
        "service_environment",
        host % 3 == 0 ? "production" : "staging",
        "service_id",
        Integer.toString(host % 20));
  }
}
