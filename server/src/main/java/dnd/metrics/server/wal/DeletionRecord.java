package dnd.metrics.server.wal;

import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Matcher;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The record of a deletion among the series of one sender: whoever reads the log deletes again what
 * the records before it have brought. Layout: docs/format/wal.md; reader: {@link
 * EventRecordReader}.
 */
public final class DeletionRecord {
  static final int TYPE_DELETION = 2;

  /** By their numbers in the format. */
  static final List<Matcher.Type> MATCHER_TYPES =
      List.of(
          Matcher.Type.EQUAL, Matcher.Type.NOT_EQUAL, Matcher.Type.REGEX, Matcher.Type.NOT_REGEX);

  private DeletionRecord() {}

  /**
   * @param sender the sender's number
   */
  public static RecordBytes of(int sender, Deletion deletion) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(TYPE_DELETION);
    unsigned(out, sender);
    signed(out, deletion.fromMillis());
    signed(out, deletion.toMillis());
    unsigned(out, deletion.selectors().size());
    for (List<Matcher> selector : deletion.selectors()) {
      unsigned(out, selector.size());
      for (Matcher matcher : selector) {
        out.write(MATCHER_TYPES.indexOf(matcher.type()));
        string(out, matcher.name());
        string(out, matcher.value());
      }
    }
    return new RecordBytes(out.toByteArray());
  }

  private static void signed(ByteArrayOutputStream out, long value) {
    unsigned(out, (value << 1) ^ (value >> 63));
  }

  private static void unsigned(ByteArrayOutputStream out, long value) {
    long v = value;
    while ((v & ~0x7fL) != 0) {
      out.write((int) (v | 0x80));
      v >>>= 7;
    }
    out.write((int) v);
  }

  private static void string(ByteArrayOutputStream out, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    unsigned(out, utf8.length);
    out.writeBytes(utf8);
  }
}
