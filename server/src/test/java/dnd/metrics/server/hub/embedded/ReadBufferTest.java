package dnd.metrics.server.hub.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReadBufferTest {
  private static final int LARGE = 1 << 20;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** A client: what it sent that was not read yet. */
  private static final class Client extends InputStream {
    int waiting;

    /** The size of the array that the last read was given. */
    int room;

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      room = bytes.length;
      int read = Math.min(waiting, length);
      waiting -= read;
      return read;
    }

    @Override
    public int available() {
      return waiting;
    }
  }

  private final ReadBuffer buffer = new ReadBuffer();
  private final Client client = new Client();

  /** Takes one operation of so many bytes. */
  private void take(int bytes) throws IOException {
    buffer.fill(client, 1);
    while (buffer.to() - buffer.from() < bytes) {
      buffer.fill(client, bytes);
    }
    buffer.taken(buffer.from() + bytes);
  }

  @Test
  void whatALargeOperationTookGoesBeforeTheNextIsAwaited() throws IOException {
    for (int i = 0; i < 3; i++) {
      client.waiting = LARGE;
      take(LARGE);
      assertThat(buffer.bytes()).hasSizeGreaterThanOrEqualTo(LARGE);
    }
    buffer.fill(client, 1);
    assertThat(client.room).as("held while the next is awaited").isLessThan(LARGE / 4);
  }

  /** As a client does that waits for each answer. */
  private byte[] takeAlone(int bytes) throws IOException {
    buffer.fill(client, 1);
    client.waiting = bytes;
    take(bytes);
    return buffer.bytes();
  }

  @Test
  void largeOperationsThatComeOneByOneTakeTheSameBuffer() throws IOException {
    byte[] held = takeAlone(LARGE);
    for (int second = 0; second < 10; second++) {
      takeAlone(100);
      assertThat(buffer.bytes()).hasSizeLessThan(LARGE / 4);
      buffer.trim(second * SECOND);
      assertThat(takeAlone(LARGE - 10 * second)).isSameAs(held);
    }
    byte[] larger = takeAlone(2 * LARGE);
    assertThat(larger).hasSizeGreaterThanOrEqualTo(2 * LARGE);
    assertThat(takeAlone(LARGE)).isSameAs(larger);
  }

  @Test
  void whatALargeOperationTookIsLetGoWhereNoneComesForLong() throws IOException {
    byte[] held = takeAlone(LARGE);
    buffer.fill(client, 1); // the next one is awaited
    buffer.trim(0);
    buffer.trim(ReadBuffer.KEPT_NANOS);
    assertThat(takeAlone(LARGE)).as("not for long enough").isSameAs(held);
    buffer.fill(client, 1);
    buffer.trim(ReadBuffer.KEPT_NANOS);
    for (int small = 0; small < 100; small++) {
      takeAlone(100);
    }
    buffer.trim(2 * ReadBuffer.KEPT_NANOS + 1);
    assertThat(takeAlone(LARGE)).isNotSameAs(held);
  }

  @Test
  void whatALargeOperationTookStaysWhereMoreHasCome() throws IOException {
    client.waiting = 4 * LARGE;
    take(LARGE);
    byte[] held = buffer.bytes();
    for (int i = 0; i < 3; i++) {
      take(LARGE);
      assertThat(buffer.bytes()).isSameAs(held);
    }
  }

  @Test
  void smallOperationsAllocateNothing() throws IOException {
    client.waiting = 100;
    take(100);
    byte[] held = buffer.bytes();
    for (int i = 0; i < 1000; i++) {
      client.waiting = 100;
      take(100);
      assertThat(buffer.bytes()).isSameAs(held);
    }
  }
}
