package dnd.metrics.server.announce;

import dnd.metrics.server.model.Labels;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A set of labels as 64 bits, the same as in Prometheus and Alertmanager: FNV-1a over names and
 * values in the order of the names, each followed by the byte 255.
 */
public final class Fingerprint {
  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private Fingerprint() {}

  /** 16 hexadecimal digits. */
  public static String of(Labels labels) {
    long hash = OFFSET;
    for (int i = 0; i < labels.size(); i++) {
      hash = add(hash, labels.name(i));
      hash = add(hash, labels.value(i));
    }
    return HexFormat.of().toHexDigits(hash);
  }

  private static long add(long hash, String text) {
    long result = hash;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      result = (result ^ (b & 0xff)) * PRIME;
    }
    return (result ^ 0xff) * PRIME;
  }
}
