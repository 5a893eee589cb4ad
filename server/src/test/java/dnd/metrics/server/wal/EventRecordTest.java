package dnd.metrics.server.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.StaleMarker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventRecordTest {
  private static final long NOW = 1_700_000_000_000L;

  private final EventRecord record = new EventRecord();
  private final EventRecordReader reader = new EventRecordReader();

  private static byte[] bytes(EventRecord record) {
    byte[] bytes = new byte[record.length()];
    record.copyTo(bytes, 0);
    return bytes;
  }

  private List<String> read(byte[] record) {
    byte[] moved = new byte[record.length + 7];
    System.arraycopy(record, 0, moved, 5, record.length);
    Lines lines = new Lines();
    reader.read(moved, 5, record.length, lines);
    return lines.all;
  }

  /** Everything as lines of text. */
  private static final class Lines implements EventRecordVisitor {
    final List<String> all = new ArrayList<>();

    @Override
    public void begin(
        int sender,
        @Nullable String service,
        @Nullable String instance,
        boolean report,
        @Nullable String eventId,
        long receivedMillis) {
      all.add(
          "begin %d %s/%s %s %s %d"
              .formatted(sender, service, instance, report, eventId, receivedMillis));
    }

    @Override
    public void series(int number, Labels labels) {
      all.add("series " + number + " " + labels);
    }

    @Override
    public void sample(int series, long timeMillis, double value) {
      all.add(line("sample", series, timeMillis, value));
    }

    @Override
    public void total(int series, long timeMillis, double value) {
      all.add(line("total", series, timeMillis, value));
    }

    @Override
    public void observation(int series, long timeMillis, double value) {
      all.add(line("observation", series, timeMillis, value));
    }

    @Override
    public void histogram(int series, long timeMillis, Histogram histogram) {
      all.add("histogram " + series + " " + timeMillis + " " + text(histogram));
    }

    @Override
    public void seen(int series) {
      all.add("seen " + series);
    }

    @Override
    public void metadata(String metricName, String type, String help, String unit) {
      all.add(String.join("|", "metadata", metricName, type, help, unit));
    }

    @Override
    public void end() {
      all.add("end");
    }

    @Override
    public void deletion(int sender, Deletion deletion) {
      all.add("deletion " + sender + " " + deletion);
    }
  }

  private static String line(String kind, int series, long timeMillis, double value) {
    return kind
        + " "
        + series
        + " "
        + timeMillis
        + " "
        + Long.toHexString(Double.doubleToRawLongBits(value));
  }

  private static String text(Histogram h) {
    return String.join(
        " ",
        h.counterResetHint().name(),
        Integer.toString(h.schema()),
        Double.toString(h.zeroThreshold()),
        Double.toString(h.zeroCount()),
        Double.toString(h.count()),
        Long.toHexString(Double.doubleToRawLongBits(h.sum())),
        Arrays.toString(h.positive().indexes()),
        Arrays.toString(h.positive().counts()),
        Arrays.toString(h.negative().indexes()),
        Arrays.toString(h.negative().counts()),
        Arrays.toString(h.customValues()));
  }

  /** Labels that each stand in another place than in the series before are written again. */
  @Test
  void definitionsAreBounded() {
    record.begin(NOW);
    int taken = 0;
    while (record.takes(shifted(taken))) {
      record.reserve(shifted(taken));
      record.series(taken, shifted(taken));
      taken++;
    }
    record.end(0, null, null, false, null, NOW);
    assertThat(taken).isGreaterThan(80);
    assertThat(record.length())
        .isBetween(
            EventRecord.MOST_BYTES_WITH_DEFINITION / 4, EventRecord.MOST_BYTES_WITH_DEFINITION);
    record.begin(NOW);
    assertThat(record.takes(shifted(0))).isTrue();
  }

  private static Labels shifted(int number) {
    Labels.Builder labels = Labels.builder();
    for (int i = 0; i < 60; i++) {
      labels.set("l" + (char) ('A' + i % 26) + i / 26, "v".repeat(4096));
    }
    return labels.set(number % 2 == 0 ? "a" : "z", "1").set("n", "" + number).build();
  }

  /** The same of a deletion. */
  @Test
  void theLayoutOfADeletionStays() {
    Deletion deletion =
        new Deletion(
            List.of(
                List.of(
                    Matcher.equal("__name__", "a"),
                    new Matcher(Matcher.Type.NOT_EQUAL, "b", "é"),
                    new Matcher(Matcher.Type.REGEX, "c", "x|y.*")),
                List.of(new Matcher(Matcher.Type.NOT_REGEX, "d", ""))),
            -1,
            300);
    RecordBytes written = DeletionRecord.of(200, deletion);
    byte[] bytes = new byte[written.length()];
    written.copyTo(bytes, 0);
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo(
            "02c80101d8040203"
                + "00085f5f6e616d655f5f0161"
                + "01016202c3a9"
                + "02016305787c792e2a"
                + "0103016400");
    assertThat(read(bytes)).containsExactly("deletion 200 " + deletion);
  }

  /** The layout of docs/format/wal.md: when this fails, a new version is due. */
  @Test
  void theLayoutStays() {
    record.begin(1000);
    record.series(7, Labels.of("__name__", "a", "b", "c"));
    record.series(8, Labels.of("__name__", "d", "b", "c"));
    record.sample(7, 1000, 3);
    record.sample(8, 1000, -0.5);
    record.sample(3, 998, StaleMarker.VALUE);
    record.total(4, 998, 300);
    record.observation(4, 999, 0.25);
    record.seen(5);
    record.metadata("a", "gauge", "é", "");
    record.histogram(
        9,
        999,
        Histogram.builder()
            .schema(3)
            .zeroThreshold(0.5)
            .zeroCount(1)
            .count(3)
            .sum(2)
            .positive(Buckets.contiguous(-1, 2))
            .build());
    record.end(2, "svc", "i", true, "id", 1000);
    assertThat(HexFormat.ofDelimiter(" ").formatHex(bytes(record)))
        .isEqualTo(
            String.join(
                " ",
                "01 07 02 d0 0f 03 73 76 63 01 69 02 69 64", // event, flags, sender, time, names,
                // id
                "05 07 02 00 08 5f 5f 6e 61 6d 65 5f 5f 01 61 01 62 01 63",
                "05 08 02 02 08 5f 5f 6e 61 6d 65 5f 5f 01 64", // the second pair as before
                "30 10 06", // series 8 behind -1, the same time, whole
                "18 00 00 00 00 00 00 e0 bf",
                "40 09 03",
                "39 d8 04",
                "02 00 02 00 00 00 00 00 00 d0 3f",
                "0c",
                "06 01 61 05 67 61 75 67 65 02 c3 a9 00",
                "13 08 01 06 00 00 00 00 00 00 e0 3f 00 00 00 00 00 00 00 40 02 06",
                "01 01 04 00"));
  }

  /** Also where half of a pair stands alone, in whose place is a question mark. */
  @Test
  void textIsUtf8() {
    String chars = "a~\u0080\u00e9\u07ff\u0800\u20ac\ufffd\ud800\udbff\udc00\udfff";
    Random random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(12); n > 0; n--) {
        text.append(chars.charAt(random.nextInt(chars.length())));
      }
      byte[] expected = text.toString().getBytes(StandardCharsets.UTF_8);
      record.begin(0);
      record.metadata(text.toString(), "", "", "");
      record.end(0, null, null, false, null, 0);
      byte[] written = new byte[record.length()];
      record.copyTo(written, 0);
      byte[] end =
          Arrays.copyOfRange(written, written.length - expected.length - 4, written.length);
      assertThat(end[0]).as("%s", text).isEqualTo((byte) expected.length);
      assertThat(Arrays.copyOfRange(end, 1, 1 + expected.length)).isEqualTo(expected);
    }
  }

  @Test
  void returnsWhatWasWritten() {
    long seed = 11;
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      Lines expected = new Lines();
      boolean first = random.nextBoolean();
      String id = random.nextBoolean() ? "id-" + round : null;
      boolean report = random.nextBoolean();
      int sender = random.nextInt(300);
      long received = NOW + random.nextInt();
      record.begin(received);
      expected.begin(sender, first ? "ser vice" : null, first ? "" : null, report, id, received);
      for (int n = random.nextInt(100); n > 0; n--) {
        write(random, expected);
      }
      record.end(sender, first ? "ser vice" : null, first ? "" : null, report, id, received);
      expected.end();
      assertThat(read(bytes(record))).as("seed %d round %d", seed, round).isEqualTo(expected.all);
    }
  }

  private void write(Random random, Lines expected) {
    int series = random.nextInt(4) == 0 ? random.nextInt(Integer.MAX_VALUE) : random.nextInt(5);
    long time = random.nextInt(3) == 0 ? random.nextLong() >> 8 : NOW + random.nextInt(10);
    double value =
        switch (random.nextInt(7)) {
          case 0 -> StaleMarker.VALUE;
          case 1 -> Double.longBitsToDouble(random.nextLong());
          case 2 -> -0.0;
          case 3 -> (1L << 53) + random.nextInt(3);
          case 4 -> -random.nextInt(1000);
          case 5 -> Double.NEGATIVE_INFINITY;
          default -> random.nextInt(100);
        };
    switch (random.nextInt(7)) {
      case 0 -> {
        Labels.Builder labels = Labels.builder();
        for (int i = random.nextInt(70); i > 0; i--) {
          labels.set("l" + random.nextInt(80), "v😀" + random.nextInt(3));
        }
        record.series(series, labels.build());
        expected.series(series, labels.build());
      }
      case 1 -> {
        record.total(series, time, value);
        expected.total(series, time, value);
      }
      case 2 -> {
        record.observation(series, time, value);
        expected.observation(series, time, value);
      }
      case 3 -> {
        Histogram histogram = histogram(random);
        record.histogram(series, time, histogram);
        expected.histogram(series, time, histogram);
      }
      case 4 -> {
        record.seen(series);
        expected.seen(series);
      }
      case 5 -> {
        record.metadata("m", "counter", "Hilfe für alle", "bytes");
        expected.metadata("m", "counter", "Hilfe für alle", "bytes");
      }
      default -> {
        record.sample(series, time, value);
        expected.sample(series, time, value);
      }
    }
  }

  private static Histogram histogram(Random random) {
    boolean custom = random.nextInt(3) == 0;
    boolean whole = random.nextBoolean();
    Histogram.Builder h =
        Histogram.builder()
            .counterResetHint(List.of(CounterResetHint.values()).get(random.nextInt(4)))
            .schema(custom ? Histogram.CUSTOM_BUCKETS_SCHEMA : random.nextInt(13) - 4)
            .count(whole ? random.nextInt(1000) : random.nextDouble())
            .sum(random.nextInt(5) == 0 ? StaleMarker.VALUE : random.nextDouble())
            .positive(buckets(random, whole, custom));
    if (custom) {
      h.customValues(new double[] {0.5, 1, 2});
    } else {
      h.zeroThreshold(random.nextDouble()).zeroCount(7).negative(buckets(random, whole, false));
    }
    return h.build();
  }

  private static Buckets buckets(Random random, boolean whole, boolean custom) {
    TreeMap<Integer, Double> counts = new TreeMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      counts.put(
          custom ? random.nextInt(4) : random.nextInt(2000) - 1000,
          whole ? 1.0 + random.nextInt(9) : random.nextDouble());
    }
    return Buckets.of(
        counts.keySet().stream().mapToInt(i -> i).toArray(),
        counts.values().stream().mapToDouble(d -> d).toArray());
  }
}
