package dnd.metrics.server.hub.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class OutboundTest {
  private static final int THREADS = 3;
  private static final int LINES = 20_000;

  /** Notices when two write at once; one write at a time passes the gate. */
  private static final class OneAtATime extends OutputStream {
    final Semaphore gate = new Semaphore(1);
    final ByteArrayOutputStream written = new ByteArrayOutputStream();
    final AtomicInteger writing = new AtomicInteger();
    volatile boolean met;
    volatile boolean broken;

    @Override
    public void write(int b) {
      throw new AssertionError("a byte alone");
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      if (writing.getAndIncrement() > 0) {
        met = true;
      } else {
        gate.acquireUninterruptibly();
        gate.release();
      }
      if (broken) {
        writing.getAndDecrement();
        throw new IOException("broken on purpose");
      }
      written.write(bytes, from, length);
      writing.getAndDecrement();
    }
  }

  private final HubCounters counters = new HubCounters();
  private final PendingTotal total = new PendingTotal(Long.MAX_VALUE);
  private final Outbound outbound = new Outbound(64 << 20, total, counters, System::nanoTime);
  private final OneAtATime out = new OneAtATime();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  private Thread start(Runnable work) {
    return Thread.ofPlatform().uncaughtExceptionHandler((thread, e) -> failure.set(e)).start(work);
  }

  private Thread startWriter() {
    return start(() -> {
      try {
        outbound.writeTo(out);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    });
  }

  private static byte[] line(int thread, int number) {
    return (thread + " " + number + "\r\n").getBytes(UTF_8);
  }

  @Test
  void writerAndReaderWriteInTurnsWhatAllAppend() throws Exception {
    Thread writer = startWriter();
    List<Thread> threads = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      int of = thread;
      threads.add(
          start(() -> {
            for (int i = 0; i < LINES; i++) {
              assertThat(outbound.line(line(of, i))).isEqualTo(Outbound.Outcome.TAKEN);
              if (of == 0) {
                writeHere();
              } else {
                outbound.wake();
              }
            }
          }));
    }
    for (Thread each : threads) {
      each.join();
    }
    outbound.finish("end\r\n".getBytes(UTF_8));
    writer.join();
    assertThat(failure.get()).isNull();
    assertThat(out.met).as("two wrote at once").isFalse();
    int[] next = new int[THREADS];
    String[] lines = out.written.toString(UTF_8).split("\r\n");
    for (String each : lines) {
      if (!each.equals("end")) {
        int thread = each.charAt(0) - '0';
        assertThat(each).isEqualTo(thread + " " + next[thread]++);
      }
    }
    assertThat(next).containsOnly(LINES);
    assertThat(lines[lines.length - 1]).isEqualTo("end");
    assertThat(total.bytes()).as("what waits").isZero();
  }

  private void writeHere() {
    try {
      outbound.writeHere(out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whereTheReaderCannotWriteTheWriterStillEnds() throws Exception {
    Thread writer = startWriter();
    awaitAsleep(writer); // so that the reader writes
    out.broken = true;
    outbound.line(line(0, 0));
    assertThatThrownBy(() -> outbound.writeHere(out)).hasMessage("broken on purpose");
    outbound.release();
    writer.join();
    assertThat(outbound.line(line(0, 1))).isEqualTo(Outbound.Outcome.GONE);
  }

  @Test
  void theReaderLeavesItToAWriterThatWokeUnasked() throws Exception {
    Thread writer = startWriter();
    awaitAsleep(writer);
    out.gate.acquireUninterruptibly();
    outbound.line(line(0, 0));
    LockSupport.unpark(writer); // as one does who was late to wake it
    while (out.writing.get() == 0) {
      Thread.onSpinWait();
    }
    outbound.line(line(0, 1));
    writeHere();
    out.gate.release();
    outbound.finish("end\r\n".getBytes(UTF_8));
    writer.join();
    assertThat(failure.get()).isNull();
    assertThat(out.met).as("two wrote at once").isFalse();
    assertThat(out.written.toString(UTF_8)).isEqualTo("0 0\r\n0 1\r\nend\r\n");
  }

  @Test
  void whatWaitsIsCountedInSteps() {
    byte[] line = new byte[1000];
    for (int lines = 1; lines <= 100; lines++) {
      outbound.line(line);
      assertThat(total.bytes()).isEqualTo(outbound.countedBytes());
      assertThat(outbound.pendingBytes() - total.bytes())
          .isBetween(0L, PendingTotal.STEP_BYTES - 1L);
    }
    outbound.release();
    assertThat(total.bytes()).isZero();
  }

  @Test
  void ofWhoIsCutOffOnlyWhatIsBeingWrittenStillWaits() throws Exception {
    byte[] line = new byte[100_000];
    out.gate.acquireUninterruptibly();
    outbound.line(line);
    Thread writer = startWriter();
    while (out.writing.get() == 0) {
      Thread.onSpinWait();
    }
    for (int lines = 0; lines < 10; lines++) {
      outbound.line(line);
    }
    assertThat(total.bytes()).isEqualTo(11L * line.length);
    outbound.cutOff("end\r\n".getBytes(UTF_8));
    assertThat(outbound.pendingBytes()).isEqualTo(line.length + 5);
    assertThat(total.bytes()).isEqualTo(line.length + 5);
    out.gate.release();
    writer.join();
    assertThat(failure.get()).isNull();
    assertThat(out.written.size()).isEqualTo(line.length + 5);
    assertThat(out.written.toString(UTF_8)).endsWith("end\r\n");
    assertThat(total.bytes()).isZero();
  }

  private static void awaitAsleep(Thread writer) {
    while (writer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aWriteNeverSeemsToHaveBegunWithTheOneBefore() throws Exception {
    long hour = TimeUnit.HOURS.toNanos(1);
    AtomicReference<@Nullable Outbound> watched = new AtomicReference<>();
    AtomicLong longest = new AtomicLong();
    Outbound quiet =
        new Outbound(
            64 << 20,
            total,
            counters,
            () -> {
              Outbound of = watched.get();
              if (of != null) { // as the housekeeper may look at any moment
                longest.accumulateAndGet(of.writingForNanos(hour), Math::max);
              }
              return hour;
            });
    watched.set(quiet);
    quiet.finish("end\r\n".getBytes(UTF_8));
    quiet.writeTo(out);
    assertThat(out.written.toString(UTF_8)).isEqualTo("end\r\n");
    assertThat(longest).hasValue(0);
  }
}
