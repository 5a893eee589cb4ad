package dnd.metrics.server.wal;

import java.util.zip.CRC32C;

/** A record that is an array of its own; nobody changes it. */
public final class RecordBytes implements RecordBody {
  private final byte[] bytes;

  /** Keeps the array itself. */
  public RecordBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The array itself, to be read. */
  public byte[] array() {
    return bytes;
  }

  @Override
  public int length() {
    return bytes.length;
  }

  @Override
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, bytes.length);
  }

  @Override
  public void updateChecksum(CRC32C crc) {
    crc.update(bytes);
  }
}
