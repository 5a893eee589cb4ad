package dnd.metrics.server.ingest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes pushes and reports as senders make them: they repeat themselves, with other values, ids and
 * times, now and then with another shape, and sometimes damaged. Seeded.
 */
final class RandomEvents {
  private static final String[] VALUES = {
    "0",
    "-0",
    "-0.0",
    "1",
    "3.5",
    "1e3",
    "0.1",
    "123456789012345678",
    "9007199254740993",
    "1e-7",
    "0.30000000000000004",
    "1E+2",
    "\"NaN\"",
    "\"+Inf\"",
    "\"x\"",
    "null",
    "true",
    "1e999",
    "-5",
    "1.7976931348623157e308",
    "4.9e-324",
    "100",
    "99.99",
    "01",
    "1.",
    ".5",
    "+1",
    "123456.789012345"
  };

  private final Random random;
  private final List<Shape> shapes = new ArrayList<>();
  private int clockSeconds;

  RandomEvents(Random random) {
    this.random = random;
    for (int i = 0; i < 4; i++) {
      shapes.add(new Shape());
    }
  }

  /** An event and the subject it is published on. */
  @SuppressWarnings("ArrayRecordComponent") // made once, sent once
  record Event(String subject, byte[] payload) {}

  /** What a sender's events have in common. */
  private final class Shape {
    final String service = "svc" + random.nextInt(2);
    final boolean report = random.nextInt(4) == 0;
    final String space = random.nextBoolean() ? "" : " ";
    final boolean valueLast = random.nextBoolean();
    final boolean ids = random.nextBoolean();
    final int timeKind = random.nextInt(4);
    final boolean time = random.nextInt(3) == 0;
    final String instance = random.nextBoolean() ? "" : "i" + random.nextInt(2);
    final String labels = random.nextBoolean() ? "" : "{\"zone\":\"z" + random.nextInt(2) + "\"}";
    final boolean correlationFirst = random.nextBoolean();
    final int trace = random.nextInt(4);
    final int extra = random.nextInt(6);
    final List<String[]> metrics = new ArrayList<>();

    Shape() {
      int n = 1 + random.nextInt(5);
      for (int i = 0; i < n; i++) {
        metrics.add(metric());
      }
    }

    private String[] metric() {
      String type = new String[] {"gauge", "counter", "histogram"}[random.nextInt(3)];
      String head =
          "{\"name\":"
              + space
              + "\"m"
              + random.nextInt(6)
              + (random.nextInt(10) == 0 ? "\\u0041" : "")
              + "\",\"type\":\""
              + type
              + "\"";
      String rest = "";
      if (random.nextBoolean()) {
        rest += "," + space + "\"labels\":{\"l\":\"" + "äb,]}".charAt(random.nextInt(5)) + "\"}";
      }
      if (random.nextInt(4) == 0) {
        rest += ",\"help\":\"h" + random.nextInt(2) + "\"";
      }
      if (type.equals("counter") && random.nextBoolean()) {
        rest += random.nextBoolean() ? ",\"temporality\":\"delta\"" : ",\"created\":1795514000";
      }
      if (random.nextInt(20) == 0) {
        rest += ",\"exemplars\":[{\"labels\":{\"a\":\"b\"},\"value\":1}]";
      }
      if (random.nextInt(12) == 0) {
        rest += ",\"timestamp\":" + (1795514300 + random.nextInt(100));
      }
      return valueLast
          ? new String[] {head + rest + ",\"value\":" + space, space + "}"}
          : new String[] {head + ",\"value\":" + space, rest + "}"};
    }
  }

  Event next() {
    if (random.nextInt(40) == 0) {
      shapes.set(random.nextInt(shapes.size()), new Shape());
    }
    Shape shape = shapes.get(random.nextInt(3) == 0 ? random.nextInt(shapes.size()) : 0);
    clockSeconds += random.nextInt(3);
    String type = shape.report ? "metrics.report" : "metrics.push";
    String correlation = "\"correlation_id\":\"" + text() + "\"";
    StringBuilder data = new StringBuilder("{\"service\":\"" + shape.service + "\"");
    if (!shape.instance.isEmpty()) {
      data.append(",\"instance\":\"").append(shape.instance).append('"');
    }
    if (shape.correlationFirst) {
      data.append(',').append(correlation);
    }
    String time = "2026-11-24T10:" + two(clockSeconds / 60 % 60) + ":" + two(clockSeconds % 60);
    switch (shape.timeKind) {
      case 0 -> data.append(",\"timestamp\":\"").append(time).append(zone()).append('"');
      case 1 -> data.append(",\"timestamp\":").append(1795514400 + clockSeconds).append(".25");
      case 2 -> data.append(",\"timestamp\":\"").append(1795514400 + clockSeconds).append('"');
      default -> {}
    }
    if (!shape.labels.isEmpty()) {
      data.append(",\"labels\":").append(shape.labels);
    }
    switch (shape.extra) {
      case 0 -> data.append(",\"seq\":").append(value());
      case 1 -> data.append(",\"note\":\"").append(text()).append("\",\"flag\":true");
      case 2 -> data.append(",\"meta\":{\"a\":[").append(random.nextInt(2)).append("]}");
      default -> {}
    }
    data.append(",\"metrics\":[").append(shape.space);
    int count = shape.metrics.size() - (random.nextInt(8) == 0 ? 1 : 0);
    for (int i = 0; i < count; i++) {
      String[] metric = shape.metrics.get(i);
      data.append(i > 0 ? "," + shape.space : "").append(metric[0]).append(value());
      data.append(metric[1]);
    }
    data.append(shape.space).append(']');
    if (!shape.correlationFirst) {
      data.append(',').append(correlation);
    }
    data.append('}');
    String event =
        "{\"type\":\""
            + type
            + "\""
            + (shape.ids ? ",\"id\":\"" + (random.nextInt(9) == 0 ? "e1" : text()) + "\"" : "")
            + (shape.trace == 0 ? ",\"traceparent\":\"" + text() + "\"" : "")
            + (shape.time ? ",\"time\":\"" + time + "Z\"" : "")
            + ",\"data\":"
            + data
            + "}";
    String subject = (random.nextInt(50) == 0 ? "other" : shape.service) + "." + type;
    byte[] payload = event.getBytes(StandardCharsets.UTF_8);
    return new Event(subject, random.nextInt(10) == 0 ? damaged(payload) : payload);
  }

  private String zone() {
    return switch (random.nextInt(5)) {
      case 0 -> ".5Z";
      case 1 -> "+00:00";
      case 2 -> random.nextInt(5) == 0 ? "" : "Z";
      default -> "Z";
    };
  }

  private String text() {
    return switch (random.nextInt(12)) {
      case 0 -> "\\u00e4";
      case 1 -> "é";
      case 2 -> "a\\\"b";
      case 3 -> random.nextInt(4) == 0 ? "" : "y".repeat(250 + random.nextInt(10));
      default -> Long.toHexString(random.nextLong());
    };
  }

  private String value() {
    return random.nextInt(3) == 0
        ? VALUES[random.nextInt(VALUES.length)]
        : Integer.toString(random.nextInt(100));
  }

  /** A payload with a few bytes changed, lost, doubled or put in. */
  byte[] damaged(byte[] payload) {
    byte[] result = payload;
    int times = 1 + random.nextInt(3);
    for (int i = 0; i < times && result.length > 2; i++) {
      int at = random.nextInt(result.length);
      int length = Math.min(random.nextInt(8), result.length - at);
      switch (random.nextInt(4)) {
        case 0 -> {
          result = result.clone();
          result[at] = (byte) random.nextInt(256);
        }
        case 1 -> result = joined(result, at, new byte[0], at + length);
        case 2 ->
            result = joined(result, at, java.util.Arrays.copyOfRange(result, at, at + length), at);
        default -> {
          String[] pieces = {"{", "}", "[", "]", "\"", ",", ":", "null", "1", "\\u0000", "-", "e"};
          byte[] piece = pieces[random.nextInt(pieces.length)].getBytes(StandardCharsets.UTF_8);
          result = joined(result, at, piece, at);
        }
      }
    }
    return result;
  }

  private static byte[] joined(byte[] source, int to, byte[] middle, int from) {
    byte[] result = new byte[to + middle.length + source.length - from];
    System.arraycopy(source, 0, result, 0, to);
    System.arraycopy(middle, 0, result, to, middle.length);
    System.arraycopy(source, from, result, to + middle.length, source.length - from);
    return result;
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }
}
