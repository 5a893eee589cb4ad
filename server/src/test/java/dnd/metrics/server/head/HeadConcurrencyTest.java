package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers beside writers: whatever was appended before a read began is in it, in order, and right.
 */
class HeadConcurrencyTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final int STEPS = 30_000;

  @TempDir Path folder;
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  /** One writer's series, and how far it is. */
  private final class Writer implements Runnable {
    final Head head;
    final String name;
    final AtomicLong done = new AtomicLong();

    Writer(Head head, String name) {
      this.head = head;
      this.name = name;
    }

    Labels labels(String metric) {
      return Labels.of("__name__", metric, "service", name);
    }

    @Override
    public void run() {
      try {
        Sender sender = head.sender(new SenderId(name, ""));
        for (int i = 0; i < STEPS; i++) {
          try (SenderBatch batch = sender.begin(EventKind.PUSH, null, NOW + i * 10L + 10_000)) {
            // in order but for every fifth, which comes after its successor
            long place = i % 5 == 3 ? i + 1 : i % 5 == 4 ? i - 1 : i;
            batch.append(batch.resolve(labels("mixed")), NOW + place * 10, (double) place);
            batch.append(batch.resolve(labels("plain")), NOW + i * 10L, i);
            batch.addDelta(batch.resolve(labels("total")), NOW + i * 10L, 1);
            if (i % 100 == 0) {
              batch.append(batch.resolve(labels("new-" + i)), NOW + i, i);
            }
            batch.commit(new CommitLatch());
          }
          done.set(i + 1L);
        }
      } catch (Throwable t) {
        failures.add(t);
        done.set(STEPS);
      }
    }

    void check() {
      long before = done.get();
      if (before < 5) {
        return;
      }
      checkSamples("plain", before, 0);
      checkSamples("mixed", before - before % 5, 0);
      List<HeadSeries> all = select("new-" + (before - 1) / 100 * 100);
      assertThat(all).hasSize(1);
      SampleBatch batch = new SampleBatch();
      if (select("plain").getFirst().readNewest(Long.MIN_VALUE, Long.MAX_VALUE, batch)) {
        assertThat(batch.size).isEqualTo(1);
        assertThat(batch.timestamps[0]).isGreaterThanOrEqualTo(NOW + (before - 1) * 10);
        assertThat(batch.values[0]).isEqualTo((batch.timestamps[0] - NOW) / 10.0);
      }
      SampleReader reader = select("total").getFirst().read(Long.MIN_VALUE, Long.MAX_VALUE);
      double last = 0;
      while (reader.next(batch)) {
        for (int i = 0; i < batch.size; i++) {
          // a total of n has been reached at the time of its n-th addition
          assertThat(batch.values[i]).isEqualTo((batch.timestamps[i] - NOW) / 10.0 + 1);
          last = batch.values[i];
        }
      }
      assertThat(last).isGreaterThanOrEqualTo((double) before);
    }

    private List<HeadSeries> select(String metric) {
      return head.select(
          List.of(Matcher.equal("__name__", metric), Matcher.equal("service", name)),
          Long.MIN_VALUE,
          Long.MAX_VALUE);
    }

    private void checkSamples(String metric, long atLeast, long from) {
      SampleBatch batch = new SampleBatch();
      SampleReader reader = select(metric).getFirst().read(NOW + from * 10, Long.MAX_VALUE);
      long next = from;
      while (reader.next(batch)) {
        for (int i = 0; i < batch.size; i++) {
          if (next < atLeast && batch.timestamps[i] != NOW + next * 10) {
            throw new AssertionError(
                metric
                    + ": sample "
                    + next
                    + " of "
                    + atLeast
                    + " is missing: "
                    + (batch.timestamps[i] - NOW) / 10);
          }
          assertThat(batch.values[i]).isEqualTo((batch.timestamps[i] - NOW) / 10.0);
          next++;
        }
      }
      assertThat(next).isGreaterThanOrEqualTo(atLeast);
    }
  }

  @Test
  void readersSeeAllThatWasThere() throws Exception {
    try (Head head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT)) {
      List<Writer> writers = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int w = 0; w < 2; w++) {
        Writer writer = new Writer(head, "svc" + w);
        writers.add(writer);
        threads.add(Thread.ofPlatform().start(writer));
      }
      Thread reader =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (writers.stream().anyMatch(w -> w.done.get() < STEPS)) {
                    writers.forEach(Writer::check);
                  }
                  writers.forEach(Writer::check);
                } catch (Throwable t) {
                  failures.add(t);
                }
              });
      Thread mover =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (reader.isAlive()) {
                    head.finishSilent(Long.MAX_VALUE);
                    head.storeChunks();
                    head.listChunks(1, 1);
                  }
                } catch (Throwable t) {
                  failures.add(t);
                }
              });
      for (Thread thread : threads) {
        thread.join();
      }
      reader.join();
      mover.join();
    }
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.size() + " failures", failures.peek());
    }
    try (Head again = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT)) {
      assertThat(again.status().series()).isEqualTo(2 * (3 + STEPS / 100));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
