package dnd.metrics.bench;

import java.util.Arrays;

/**
 * A growing array of bytes that the generator renders into and the socket is written from. For one
 * thread.
 */
final class WireBuffer {
  private byte[] bytes = new byte[1 << 16];
  private int size;

  WireBuffer put(byte[] more) {
    ensure(more.length);
    System.arraycopy(more, 0, bytes, size, more.length);
    size += more.length;
    return this;
  }

  WireBuffer put(byte b) {
    ensure(1);
    bytes[size++] = b;
    return this;
  }

  WireBuffer put(WireBuffer other) {
    ensure(other.size);
    System.arraycopy(other.bytes, 0, bytes, size, other.size);
    size += other.size;
    return this;
  }

  /** Appends a number in decimal. */
  WireBuffer putNumber(long n) {
    return put(Long.toString(n).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
  }
}
