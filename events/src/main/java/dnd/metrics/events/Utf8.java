package dnd.metrics.events;

/**
 * Checks that bytes are UTF-8 as Unicode defines it: shortest forms only, no surrogates, no NUL.
 */
public final class Utf8 {
  private Utf8() {}

  /**
   * Whether the bytes are valid. A zero byte is refused too: JSON has none, and with it no other
   * encoding of Unicode passes for UTF-8.
   */
  public static boolean isValid(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int at = offset;
    while (at < end) {
      int b = bytes[at];
      if (b > 0) {
        at++;
        continue;
      }
      int size = sequenceLength(bytes, at, end);
      if (size == 0) {
        return false;
      }
      at += size;
    }
    return true;
  }

  /** The length of the sequence of two to four bytes at {@code at}, or 0 where it is not valid. */
  private static int sequenceLength(byte[] bytes, int at, int end) {
    int first = bytes[at] & 0xff;
    int left = end - at;
    if (first >= 0xc2 && first <= 0xdf) {
      return left >= 2 && isTail(bytes[at + 1]) ? 2 : 0;
    }
    if (first >= 0xe0 && first <= 0xef) {
      if (left < 3 || !isTail(bytes[at + 1]) || !isTail(bytes[at + 2])) {
        return 0;
      }
      int second = bytes[at + 1] & 0xff;
      boolean overlong = first == 0xe0 && second < 0xa0;
      boolean surrogate = first == 0xed && second > 0x9f;
      return overlong || surrogate ? 0 : 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
      if (left < 4 || !isTail(bytes[at + 1]) || !isTail(bytes[at + 2]) || !isTail(bytes[at + 3])) {
        return 0;
      }
      int second = bytes[at + 1] & 0xff;
      boolean overlong = first == 0xf0 && second < 0x90;
      boolean beyond = first == 0xf4 && second > 0x8f;
      return overlong || beyond ? 0 : 4;
    }
    return 0;
  }

  private static boolean isTail(byte b) {
    return (b & 0xc0) == 0x80;
  }

  /** Whether every surrogate of {@code text} has its other half, so that UTF-8 can hold it. */
  public static boolean isEncodable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (i + 1 == text.length() || !Character.isSurrogatePair(c, text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
