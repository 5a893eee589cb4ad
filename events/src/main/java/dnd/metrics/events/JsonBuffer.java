package dnd.metrics.events;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing buffer of bytes with the few operations that writing JSON by hand needs; it makes no
 * objects per event and knows nothing of commas. Reused through {@link #clear}. For one thread.
 */
public final class JsonBuffer {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private byte[] bytes;
  private int length;

  public JsonBuffer(int capacityBytes) {
    bytes = new byte[Math.max(64, capacityBytes)];
  }

  /** The bytes written so far are the first {@link #length} of this array, until the next write. */
  public byte[] array() {
    return bytes;
  }

  public int length() {
    return length;
  }

  public void clear() {
    length = 0;
  }

  /** Forgets what was written after the first {@code newLength} bytes. */
  public void truncate(int newLength) {
    if (newLength < 0 || newLength > length) {
      throw new IllegalArgumentException("length " + newLength + " of " + length);
    }
    length = newLength;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), bytes.length * 2));
    }
  }

  /** Appends one byte as it is. */
  public JsonBuffer raw(char ascii) {
    room(1);
    bytes[length++] = (byte) ascii;
    return this;
  }

  /** Appends bytes as they are. */
  public JsonBuffer raw(byte[] source) {
    return raw(source, 0, source.length);
  }

  public JsonBuffer raw(byte[] source, int offset, int count) {
    room(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
    return this;
  }

  /** Appends text that is JSON already, as UTF-8. */
  public JsonBuffer raw(String json) {
    return raw(json.getBytes(StandardCharsets.UTF_8));
  }

  /** Appends {@code "name":}. The name must need no escapes. */
  public JsonBuffer name(String plainName) {
    return raw('"').raw(plainName).raw('"').raw(':');
  }

  /** Appends text as a JSON string with quotes and escapes. */
  public JsonBuffer string(String text) {
    int n = text.length();
    room(n + 2);
    bytes[length++] = '"';
    int i = 0;
    // The usual text is ASCII without anything to escape; it is copied in one loop.
    for (; i < n; i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\') {
        break;
      }
      bytes[length++] = (byte) c;
    }
    if (i < n) {
      stringSlow(text, i);
    }
    return raw('"');
  }

  private void stringSlow(String text, int from) {
    int n = text.length();
    for (int i = from; i < n; i++) {
      char c = text.charAt(i);
      room(6);
      if (c == '"' || c == '\\') {
        bytes[length++] = '\\';
        bytes[length++] = (byte) c;
      } else if (c == '\n') {
        bytes[length++] = '\\';
        bytes[length++] = 'n';
      } else if (c < 0x20 || c == 0x7f) {
        escape(c);
      } else if (c < 0x80) {
        bytes[length++] = (byte) c;
      } else if (c < 0x800) {
        bytes[length++] = (byte) (0xc0 | c >> 6);
        bytes[length++] = (byte) (0x80 | (c & 0x3f));
      } else if (!Character.isSurrogate(c)) {
        bytes[length++] = (byte) (0xe0 | c >> 12);
        bytes[length++] = (byte) (0x80 | (c >> 6 & 0x3f));
        bytes[length++] = (byte) (0x80 | (c & 0x3f));
      } else if (i + 1 < n && Character.isSurrogatePair(c, text.charAt(i + 1))) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        bytes[length++] = (byte) (0xf0 | point >> 18);
        bytes[length++] = (byte) (0x80 | (point >> 12 & 0x3f));
        bytes[length++] = (byte) (0x80 | (point >> 6 & 0x3f));
        bytes[length++] = (byte) (0x80 | (point & 0x3f));
      } else {
        escape(c); // half a pair has no UTF-8; as an escape it comes back as it was
      }
    }
  }

  private void escape(char c) {
    bytes[length++] = '\\';
    bytes[length++] = 'u';
    bytes[length++] = HEX[c >> 12];
    bytes[length++] = HEX[c >> 8 & 0xf];
    bytes[length++] = HEX[c >> 4 & 0xf];
    bytes[length++] = HEX[c & 0xf];
  }

  public JsonBuffer number(long value) {
    if (value < 0) {
      return value == Long.MIN_VALUE ? raw("-9223372036854775808") : raw('-').number(-value);
    }
    int digits = 1;
    for (long v = value; v >= 10; v /= 10) {
      digits++;
    }
    room(digits);
    long left = value;
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
    length += digits;
    return this;
  }

  /**
   * Appends the shortest number that reads back as {@code value}; what JSON has no number for is
   * the string {@code "NaN"}, {@code "+Inf"} or {@code "-Inf"}.
   */
  public JsonBuffer number(double value) {
    if (value == Math.rint(value)
        && Math.abs(value) < 1e15
        && 1 / value != Double.NEGATIVE_INFINITY) {
      return number((long) value);
    }
    if (Double.isNaN(value)) {
      return raw("\"NaN\"");
    }
    if (Double.isInfinite(value)) {
      return raw(value > 0 ? "\"+Inf\"" : "\"-Inf\"");
    }
    return raw(Double.toString(value));
  }

  /** Appends a time as an RFC 3339 string in quotes. */
  public JsonBuffer time(long millis) {
    room(26);
    bytes[length] = '"';
    Timestamps.write(millis, bytes, length + 1);
    bytes[length + 25] = '"';
    length += 26;
    return this;
  }
}
