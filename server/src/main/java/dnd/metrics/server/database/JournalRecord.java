package dnd.metrics.server.database;

import dnd.metrics.server.wal.RecordBytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One write as it is in the journal: docs/format/journal.md draws it.
 *
 * @param writtenAtMillis when it was written, in Unix milliseconds
 */
record JournalRecord(long writtenAtMillis, List<Change> changes) {
  private static final int TYPE_WRITE = 1;
  private static final int PUT = 1;
  private static final int REMOVE = 2;

  private static final int TEXT = 1;
  private static final int WHOLE = 2;
  private static final int DOUBLE = 3;
  private static final int FALSE = 4;
  private static final int TRUE = 5;

  JournalRecord {
    changes = List.copyOf(changes);
  }

  RecordBytes encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    out.write(TYPE_WRITE);
    writeRaw(out, writtenAtMillis);
    writeUnsigned(out, changes.size());
    for (Change change : changes) {
      Row row =
          switch (change) {
            case Change.Put(Table table, Row values) -> {
              out.write(PUT);
              yield values;
            }
            case Change.Remove(Table table, Row key) -> {
              out.write(REMOVE);
              yield key;
            }
          };
      writeText(out, change.table().name());
      writeUnsigned(out, row.values().size());
      row.values()
          .forEach((column, value) -> {
            writeText(out, column);
            writeValue(out, value);
          });
    }
    return new RecordBytes(out.toByteArray());
  }

  private static void writeValue(ByteArrayOutputStream out, Object value) {
    switch (value) {
      case String text -> {
        out.write(TEXT);
        writeText(out, text);
      }
      case Long number -> {
        out.write(WHOLE);
        writeUnsigned(out, (number << 1) ^ (number >> 63));
      }
      case Double number -> {
        out.write(DOUBLE);
        writeRaw(out, Double.doubleToRawLongBits(number));
      }
      case Boolean flag -> out.write(flag ? TRUE : FALSE);
      default -> throw new IllegalStateException("no value of a row: " + value.getClass());
    }
  }

  private static void writeText(ByteArrayOutputStream out, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    writeUnsigned(out, utf8.length);
    out.writeBytes(utf8);
  }

  private static void writeRaw(ByteArrayOutputStream out, long bits) {
    for (int i = 0; i < Long.SIZE; i += Byte.SIZE) {
      out.write((int) (bits >>> i));
    }
  }

  private static void writeUnsigned(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException where this program does not know what is in it
   */
  static JournalRecord decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int type = in.get();
    if (type != TYPE_WRITE) {
      throw new IllegalArgumentException("a record of the unknown type " + type);
    }
    long writtenAtMillis = in.getLong();
    int count = (int) readUnsigned(in);
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      changes.add(readChange(in));
    }
    return new JournalRecord(writtenAtMillis, changes);
  }

  /** When the write was written, in Unix milliseconds, without reading the rest. */
  static long writtenAt(RecordBytes bytes) {
    return ByteBuffer.wrap(bytes.array()).order(ByteOrder.LITTLE_ENDIAN).getLong(1);
  }

  private static Change readChange(ByteBuffer in) {
    int kind = in.get();
    String name = readText(in);
    Table table =
        Table.named(name)
            .orElseThrow(
                () -> new IllegalArgumentException("a change of the unknown table " + name));
    Row.Builder row = Row.builder();
    int values = (int) readUnsigned(in);
    for (int i = 0; i < values; i++) {
      readValue(in, readText(in), row);
    }
    return switch (kind) {
      case PUT -> new Change.Put(table, row.build());
      case REMOVE -> new Change.Remove(table, row.build());
      default -> throw new IllegalArgumentException("a change of the unknown kind " + kind);
    };
  }

  private static void readValue(ByteBuffer in, String column, Row.Builder row) {
    int type = in.get();
    switch (type) {
      case TEXT -> row.text(column, readText(in));
      case WHOLE -> {
        long zigzag = readUnsigned(in);
        row.integer(column, (zigzag >>> 1) ^ -(zigzag & 1));
      }
      case DOUBLE -> row.real(column, in.getDouble());
      case FALSE -> row.bool(column, false);
      case TRUE -> row.bool(column, true);
      default -> throw new IllegalArgumentException("a value of the unknown type " + type);
    }
  }

  private static String readText(ByteBuffer in) {
    byte[] utf8 = new byte[(int) readUnsigned(in)];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static long readUnsigned(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number longer than eight bytes");
  }
}
