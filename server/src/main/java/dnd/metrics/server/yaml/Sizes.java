package dnd.metrics.server.yaml;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as people write them: digits, then nothing, B, or KiB, MiB, GiB (or KB ...). */
public final class Sizes {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,12}) ?(?:([KMG])I?)?B?");
  private static final String UNITS = "KMG";

  private Sizes() {}

  /** The bytes; K, M and G are powers of 1024, with or without the i. Empty where it is no size. */
  public static Optional<Long> parse(String text) {
    Matcher matcher = SIZE.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2);
    int shift = unit == null ? 0 : 10 * (UNITS.indexOf(unit) + 1);
    return Optional.of(count << shift);
  }

  /** The shortest exact text, such as {@code 1MiB} or {@code 1500}. */
  public static String format(long bytes) {
    for (int i = UNITS.length(); i >= 1; i--) {
      long unit = 1L << (10 * i);
      if (bytes >= unit && bytes % unit == 0) {
        return bytes / unit + UNITS.substring(i - 1, i) + "iB";
      }
    }
    return Long.toString(bytes);
  }
}
