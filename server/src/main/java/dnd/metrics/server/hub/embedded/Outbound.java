package dnd.metrics.server.hub.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent to one client. Any thread appends; the connection's writer takes away all
 * that has gathered and writes it, so that messages share system calls whenever they come faster
 * than they leave. Appending never waits for the socket. Where the writer sleeps, the connection's
 * reader may write what it has to say itself ({@link #writeHere}), which saves waking a thread.
 * Safe for use by several threads.
 *
 * <p>{@code lock} guards the buffer that is being filled, the counts of a subscription that is
 * written to, what is counted, {@code finishing} and {@code lent}. It is the last lock of the hub:
 * nothing else is locked or written while it is held, and nothing called that could wait.
 *
 * <p>Waking: the writer sets {@code waiting} under the lock, with nothing there to write, before it
 * parks; who appends asks for it after the lock is released. Every {@code waiting = false} is
 * followed by an unpark, and the writer looks again after each; but whoever takes what there is
 * says so himself ({@link #take}), and looks again after it: the writer, or the reader before it
 * gives the writer's place back. So nobody writes while {@code waiting} is true, however late or
 * for whatever reason the writer woke.
 */
final class Outbound {
  /** What became of a message. */
  enum Outcome {
    /** It will be sent. */
    TAKEN,
    /** It will be sent, and was the last that the subscription asked for. */
    LAST,
    /** The subscription has ended or the connection is closing. */
    GONE,
    /** There is no room: the client reads too slowly. */
    OVERFLOW
  }

  private static final int SMALLEST_BUFFER = 4096;
  private static final int LARGEST_KEPT_BUFFER = 128 << 10;
  private static final int WRITE_AT_MOST = 128 << 10;

  /** So much is sure to find room in the socket of a client that reads. */
  private static final int WRITE_HERE_AT_MOST = 16 << 10;

  private static final byte[] MSG = "MSG ".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] HMSG = "HMSG ".getBytes(StandardCharsets.ISO_8859_1);

  /** Blanks, line ends and two numbers, beside the texts of a message. */
  private static final int MESSAGE_OVERHEAD = 48;

  private final long maxPendingBytes;
  private final PendingTotal allClients;
  private final HubCounters counters;
  private final LongSupplier nanoClock;

  private final ReentrantLock lock = new ReentrantLock();
  private byte[] filling = new byte[SMALLEST_BUFFER];
  private int filled;
  private boolean finishing;

  /** What {@link #allClients} has of this client. */
  private long countedBytes;

  private boolean released;
  private long overflowedAtBytes;
  private long messages;
  private long messageBytes;

  /** Whether the reader writes, and the writer may not. */
  private boolean lent;

  /** Written by who writes only. */
  private volatile long inFlightBytes;

  private volatile boolean waiting;
  private volatile @Nullable Thread writer;

  /** When the write that is under way began; only meaningful while {@code inFlightBytes > 0}. */
  private volatile long writeStartedNanos;

  /** Of who writes. */
  private byte[] spare = new byte[SMALLEST_BUFFER];

  Outbound(
      long maxPendingBytes, PendingTotal allClients, HubCounters counters, LongSupplier nanoClock) {
    this.maxPendingBytes = maxPendingBytes;
    this.allClients = allClients;
    this.counters = counters;
    this.nanoClock = nanoClock;
  }

  /** Appends a protocol line; the caller wakes the writer. */
  Outcome line(byte[] line) {
    lock.lock();
    try {
      if (finishing) {
        return Outcome.GONE;
      }
      if (filled + inFlightBytes + line.length > maxPendingBytes) {
        overflowedAtBytes = filled + inFlightBytes;
        return Outcome.OVERFLOW;
      }
      reserve(line.length);
      put(line);
      count();
      return Outcome.TAKEN;
    } finally {
      lock.unlock();
    }
  }

  /** Appends a message for a subscription; the caller wakes the writer. */
  Outcome message(ClientSubscription subscription, Publication publication, boolean withHeaders) {
    lock.lock();
    try {
      if (finishing || !subscription.wantsMore()) {
        return Outcome.GONE;
      }
      int headerLength = withHeaders ? publication.headerLength() : 0;
      int total = headerLength + publication.payloadLength();
      long room =
          (long) total
              + publication.subjectLength()
              + publication.replyLength()
              + subscription.sid.length
              + MESSAGE_OVERHEAD;
      if (filled + inFlightBytes + room > maxPendingBytes) {
        overflowedAtBytes = filled + inFlightBytes;
        return Outcome.OVERFLOW;
      }
      reserve((int) room);
      put(headerLength > 0 ? HMSG : MSG);
      put(publication.subjectBuffer, publication.subjectFrom, publication.subjectLength());
      put(' ');
      put(subscription.sid);
      put(' ');
      if (publication.replyLength() > 0) {
        put(publication.replyBuffer, publication.replyFrom, publication.replyLength());
        put(' ');
      }
      if (headerLength > 0) {
        putNumber(headerLength);
        put(' ');
      }
      putNumber(total);
      putLineEnd();
      put(publication.headerBuffer, publication.headerFrom, headerLength);
      put(publication.payloadBuffer, publication.payloadFrom, publication.payloadLength());
      putLineEnd();
      messages++;
      messageBytes += total;
      count();
      return subscription.countOne() ? Outcome.LAST : Outcome.TAKEN;
    } finally {
      lock.unlock();
    }
  }

  /** Ends a subscription after {@code max} messages in all; true where it has had them. */
  boolean limit(ClientSubscription subscription, int max) {
    lock.lock();
    try {
      return subscription.limitTo(max);
    } finally {
      lock.unlock();
    }
  }

  /** Appends a last line, if there is one; what is there is still written, then the writer ends. */
  void finish(byte[] lastLine) {
    finish(lastLine, false);
  }

  /** The same for who reads too slowly: of what is there only what is being written still is. */
  void cutOff(byte[] lastLine) {
    finish(lastLine, true);
  }

  private void finish(byte[] lastLine, boolean drops) {
    lock.lock();
    try {
      if (!finishing) {
        finishing = true;
        if (drops) {
          drop();
        }
        reserve(lastLine.length);
        put(lastLine, 0, lastLine.length);
        count();
      }
    } finally {
      lock.unlock();
    }
    wake();
  }

  /** Wakes the writer if it sleeps. */
  void wake() {
    if (waiting) {
      waiting = false;
      LockSupport.unpark(writer);
    }
  }

  /** Bytes that wait, or are being written. */
  long pendingBytes() {
    lock.lock();
    try {
      return filled + inFlightBytes;
    } finally {
      lock.unlock();
    }
  }

  /** What is counted of them among those that wait for all clients. */
  long countedBytes() {
    lock.lock();
    try {
      return countedBytes;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes that waited when a message last found no room; since then they may have been written. */
  long overflowedAtBytes() {
    lock.lock();
    try {
      return overflowedAtBytes;
    } finally {
      lock.unlock();
    }
  }

  /** How long the write that is under way has taken so far; 0 where none is. */
  long writingForNanos(long nowNanos) {
    return inFlightBytes == 0 ? 0 : Math.max(0, nowNanos - writeStartedNanos);
  }

  /** Gives back memory that a burst has left. */
  void trim() {
    lock.lock();
    try {
      if (filled == 0 && filling.length > SMALLEST_BUFFER) {
        filling = new byte[SMALLEST_BUFFER];
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives all memory back, once the connection is closed: interests that were remembered may refer
   * to it for some time.
   */
  void release() {
    lock.lock();
    try {
      finishing = true;
      drop();
      allClients.add(-countedBytes);
      countedBytes = 0;
      released = true;
    } finally {
      lock.unlock();
    }
    wake();
  }

  /** The writer's work: returns when all is written after {@link #finish}. */
  void writeTo(OutputStream out) throws IOException {
    writer = Thread.currentThread();
    while (true) {
      byte[] full = null;
      int length = 0;
      lock.lock();
      try {
        count(); // what was written
        if (!lent) { // else the reader wakes this thread where there is something left for it
          if (filled > 0) {
            full = filling;
            length = filled;
            take();
          } else if (finishing) {
            return;
          } else {
            waiting = true;
          }
        }
      } finally {
        lock.unlock();
      }
      if (full == null) {
        LockSupport.park(this);
      } else {
        write(out, full, length);
        keep(full);
      }
    }
  }

  /**
   * Writes what waits, where that is little and the writer sleeps, which then goes on sleeping;
   * else wakes it. For the connection's reader: whoever else writes would wait for a client that
   * does not read.
   */
  void writeHere(OutputStream out) throws IOException {
    byte[] full = null;
    int length = 0;
    lock.lock();
    try {
      if (waiting && !finishing && filled > 0 && filled <= WRITE_HERE_AT_MOST) {
        lent = true;
        full = filling;
        length = filled;
        take();
      }
    } finally {
      lock.unlock();
    }
    if (full == null) {
      wake();
      return;
    }
    try {
      write(out, full, length);
      keep(full);
    } finally {
      giveBack();
    }
  }

  private void giveBack() {
    boolean more;
    lock.lock();
    try {
      lent = false;
      count();
      more = filled > 0 || finishing;
      waiting = !more;
    } finally {
      lock.unlock();
    }
    if (more) {
      LockSupport.unpark(writer);
    }
  }

  /** What is in the buffer is about to be written, and another one is filled. */
  private void take() {
    waiting = false;
    writeStartedNanos = nanoClock.getAsLong(); // first: it is read without the lock
    inFlightBytes = filled;
    filling = spare;
    filled = 0;
    countSent();
  }

  private void keep(byte[] written) {
    spare = written.length > LARGEST_KEPT_BUFFER ? new byte[SMALLEST_BUFFER] : written;
  }

  private void write(OutputStream out, byte[] full, int length) throws IOException {
    for (int from = 0; from < length; ) {
      int part = Math.min(WRITE_AT_MOST, length - from);
      out.write(full, from, part);
      from += part;
      writeStartedNanos = nanoClock.getAsLong();
      inFlightBytes = (long) length - from;
      if (from < length) {
        countWritten();
      }
    }
  }

  private void countWritten() {
    lock.lock();
    try {
      count();
    } finally {
      lock.unlock();
    }
  }

  /** Tells by how much more or less waits, where that is a step, or nothing does any more. */
  private void count() {
    long pending = filled + inFlightBytes;
    long more = pending - countedBytes;
    boolean isToTell =
        Math.abs(more) >= PendingTotal.STEP_BYTES || (pending == 0 && countedBytes > 0);
    if (isToTell && !released) {
      countedBytes = pending;
      allClients.add(more);
    }
  }

  /** What is not being written yet will not be sent. */
  private void drop() {
    filling = Publication.NOTHING;
    filled = 0;
    messages = 0;
    messageBytes = 0;
  }

  private void countSent() {
    if (messages > 0) {
      counters.messagesOut.add(messages);
      counters.bytesOut.add(messageBytes);
      messages = 0;
      messageBytes = 0;
    }
  }

  private void reserve(int bytes) {
    int wanted = filled + bytes;
    if (wanted > filling.length) {
      filling = Arrays.copyOf(filling, Math.max(wanted, Math.min(filling.length * 2, 1 << 30)));
    }
  }

  private void put(byte[] bytes) {
    put(bytes, 0, bytes.length);
  }

  private void put(byte[] bytes, int from, int length) {
    System.arraycopy(bytes, from, filling, filled, length);
    filled += length;
  }

  private void put(char c) {
    filling[filled++] = (byte) c;
  }

  private void putLineEnd() {
    put('\r');
    put('\n');
  }

  private void putNumber(int number) {
    int digits = 1;
    for (int rest = number; rest >= 10; rest /= 10) {
      digits++;
    }
    int rest = number;
    for (int i = filled + digits - 1; i >= filled; i--) {
      filling[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    filled += digits;
  }
}
