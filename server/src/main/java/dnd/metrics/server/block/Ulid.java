package dnd.metrics.server.block;

import java.util.random.RandomGenerator;

/**
 * A block's name: 48 bits of time (Unix milliseconds) and 80 random ones, in that order, written as
 * 26 letters and digits that sort as the numbers do (the ULID specification).
 */
public record Ulid(long high, long low) implements Comparable<Ulid> {
  private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final int LENGTH = 26;

  /** A new name. */
  public static Ulid of(long millis, RandomGenerator random) {
    return new Ulid((millis << 16) | (random.nextInt() & 0xffff), random.nextLong());
  }

  /** A new name that is newer than another one, whatever the clock says. */
  public static Ulid newerThan(Ulid other, long millis, RandomGenerator random) {
    return of(Math.max(millis, other.millis() + 1), random);
  }

  /** Whether {@link #parse} takes this text. */
  public static boolean isUlid(String text) {
    if (text.length() != LENGTH || text.charAt(0) > '7') {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      if (DIGITS.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * @throws IllegalArgumentException where {@code text} is no ULID
   */
  public static Ulid parse(String text) {
    if (!isUlid(text)) {
      throw new IllegalArgumentException("no ULID: \"" + text + "\"");
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < LENGTH; i++) {
      high = (high << 5) | (low >>> 59);
      low = (low << 5) | DIGITS.indexOf(text.charAt(i));
    }
    return new Ulid(high, low);
  }

  /** When it was made, Unix milliseconds. */
  public long millis() {
    return high >>> 16;
  }

  @Override
  public int compareTo(Ulid other) {
    int c = Long.compareUnsigned(high, other.high);
    return c != 0 ? c : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    char[] text = new char[LENGTH];
    long h = high;
    long l = low;
    for (int i = LENGTH - 1; i >= 0; i--) {
      text[i] = DIGITS.charAt((int) l & 31);
      l = (l >>> 5) | (h << 59);
      h >>>= 5;
    }
    return new String(text);
  }
}
