package dnd.metrics.server.hub.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutboundTest {
  private static final int THREADS = 3;
  private static final int LINES = 20_000;

  /** Notices when two write at once. */
  private static final class OneAtATime extends OutputStream {
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
      }
      if (broken) {
        writing.getAndDecrement();
        throw new IOException("broken on purpose");
      }
      written.write(bytes, from, length);
      writing.getAndDecrement();
    }
  }

  private final Outbound outbound = new Outbound(64 << 20, new HubCounters(), System::nanoTime);
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
    while (writer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait(); // until it sleeps, so that the reader writes
    }
    out.broken = true;
    outbound.line(line(0, 0));
    assertThatThrownBy(() -> outbound.writeHere(out)).hasMessage("broken on purpose");
    outbound.release();
    writer.join();
    assertThat(outbound.line(line(0, 1))).isEqualTo(Outbound.Outcome.GONE);
  }
}
