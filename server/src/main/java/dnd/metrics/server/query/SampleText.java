package dnd.metrics.server.query;

import dnd.metrics.events.JsonBuffer;

/**
 * Writes samples as the Prometheus API does: {@code [1435781451.781,"1.5"]}. The series of one
 * answer mostly share their times, so the text of the time at each place in a series is kept for
 * the next series. For one thread.
 */
final class SampleText {
  /** No sample takes more bytes than this. */
  static final int MAX_BYTES = 64;

  private static final int TIME_BYTES = 24;

  private final FloatText floats = new FloatText();
  private final byte[] scratch = new byte[2 * MAX_BYTES];

  /** Times whose text is known, by their place in a series. */
  private long[] times = new long[64];

  /** The texts, each in {@link #TIME_BYTES} bytes, behind {@code [} and before {@code ,}. */
  private byte[] texts = new byte[64 * TIME_BYTES];

  /** Lengths of the texts; 0 where none is known. */
  private byte[] lengths = new byte[64];

  /** Appends the sample that stands at {@code place} of its series. */
  void append(JsonBuffer out, int place, long timeMillis, double value) {
    int at = writeTime(place, timeMillis);
    scratch[at++] = '"';
    at = floats.write(value, scratch, at);
    scratch[at++] = '"';
    scratch[at++] = ']';
    out.raw(scratch, 0, at);
  }

  /** Appends {@code [time,}: the beginning of a sample whose value the caller writes. */
  void appendTime(JsonBuffer out, long timeMillis) {
    scratch[0] = '[';
    int at = writeTimeText(timeMillis, scratch, 1);
    scratch[at++] = ',';
    out.raw(scratch, 0, at);
  }

  /** Appends a value in quotes. */
  void appendValue(JsonBuffer out, double value) {
    scratch[0] = '"';
    int at = floats.write(value, scratch, 1);
    scratch[at++] = '"';
    out.raw(scratch, 0, at);
  }

  private int writeTime(int place, long timeMillis) {
    if (place >= times.length) {
      int places = Math.max(place + 1, times.length * 2);
      times = java.util.Arrays.copyOf(times, places);
      texts = java.util.Arrays.copyOf(texts, places * TIME_BYTES);
      lengths = java.util.Arrays.copyOf(lengths, places);
    }
    int from = place * TIME_BYTES;
    if (times[place] != timeMillis || lengths[place] == 0) {
      texts[from] = '[';
      int end = writeTimeText(timeMillis, texts, from + 1);
      texts[end++] = ',';
      times[place] = timeMillis;
      lengths[place] = (byte) (end - from);
    }
    System.arraycopy(texts, from, scratch, 0, TIME_BYTES);
    return lengths[place];
  }

  /** Unix seconds with as many of three decimals as are needed: all three, or none. */
  private static int writeTimeText(long timeMillis, byte[] out, int start) {
    int at = start;
    long absolute = timeMillis;
    if (timeMillis < 0) {
      out[at++] = '-';
      absolute = -timeMillis;
    }
    at = FloatText.writeWhole(absolute / 1000, out, at);
    int fraction = (int) (absolute % 1000);
    if (fraction != 0) {
      out[at++] = '.';
      out[at++] = (byte) ('0' + fraction / 100);
      out[at++] = (byte) ('0' + fraction / 10 % 10);
      out[at++] = (byte) ('0' + fraction % 10);
    }
    return at;
  }
}
