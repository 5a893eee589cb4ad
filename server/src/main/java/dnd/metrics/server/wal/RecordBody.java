package dnd.metrics.server.wal;

import java.util.zip.CRC32C;

/** The bytes of one record, wherever they are at the moment. */
public interface RecordBody {
  int length();

  void copyTo(byte[] target, int offset);

  /** Adds all bytes to a checksum. */
  void updateChecksum(CRC32C crc);
}
