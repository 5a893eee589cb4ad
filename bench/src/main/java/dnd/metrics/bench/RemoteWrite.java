package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.airlift.compress.v3.snappy.SnappyCompressor;
import io.airlift.compress.v3.snappy.SnappyJavaCompressor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Encodes the load as Prometheus remote write 1.0 requests: protocol buffers, snappy block format.
 * Written by hand, since the message has four fields: WriteRequest.timeseries=1 (labels=1 (name=1,
 * value=2), samples=2 (value=1, timestamp=2)).
 */
final class RemoteWrite {
  private final byte[][] labels;
  private final SnappyCompressor snappy = new SnappyJavaCompressor();

  RemoteWrite(DevopsLoad load) {
    labels = new byte[load.seriesCount()][];
    for (DevopsLoad.Host host : load.hosts()) {
      for (int m = 0; m < DevopsLoad.METRICS.size(); m++) {
        Map<String, String> sorted = new TreeMap<>();
        sorted.put("__name__", DevopsLoad.METRICS.get(m));
        for (int i = 0; i < host.tagNames().size(); i++) {
          sorted.put(host.tagNames().get(i), host.tagValues().get(i));
        }
        WireBuffer out = new WireBuffer();
        sorted.forEach((name, value) -> {
          WireBuffer pair = new WireBuffer();
          text(pair, 1, name);
          text(pair, 2, value);
          message(out, 1, pair);
        });
        labels[host.number() * DevopsLoad.METRICS.size() + m] =
            Arrays.copyOf(out.array(), out.size());
      }
    }
  }

  /** One request with one sample of all series of the given hosts. */
  byte[] request(DevopsLoad load, List<DevopsLoad.Host> hosts, int sample) {
    WireBuffer request = new WireBuffer();
    WireBuffer series = new WireBuffer();
    WireBuffer point = new WireBuffer();
    for (DevopsLoad.Host host : hosts) {
      for (int m = 0; m < DevopsLoad.METRICS.size(); m++) {
        series.clear();
        series.put(labels[host.number() * DevopsLoad.METRICS.size() + m]);
        point.clear();
        point.put((byte) ((1 << 3) | 1));
        long bits = Double.doubleToRawLongBits(load.value(m, host.number(), sample));
        for (int i = 0; i < 8; i++) {
          point.put((byte) (bits >>> (8 * i)));
        }
        point.put((byte) (2 << 3));
        varint(point, load.timeMillis(sample));
        message(series, 2, point);
        message(request, 1, series);
      }
    }
    byte[] compressed = new byte[snappy.maxCompressedLength(request.size())];
    int n = snappy.compress(request.array(), 0, request.size(), compressed, 0, compressed.length);
    return Arrays.copyOf(compressed, n);
  }

  private static void text(WireBuffer out, int field, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    out.put((byte) (field << 3 | 2));
    varint(out, bytes.length);
    out.put(bytes);
  }

  private static void message(WireBuffer out, int field, WireBuffer message) {
    out.put((byte) (field << 3 | 2));
    varint(out, message.size());
    out.put(message);
  }

  private static void varint(WireBuffer out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.put((byte) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }
}
