package dnd.metrics.server.wal;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** A record whose body is a text; enough for tests of the log. */
record TextRecord(String text) implements RecordBody {
  private byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public int length() {
    return bytes().length;
  }

  @Override
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes(), 0, target, offset, length());
  }

  @Override
  public void updateChecksum(CRC32C crc) {
    crc.update(bytes(), 0, length());
  }
}
