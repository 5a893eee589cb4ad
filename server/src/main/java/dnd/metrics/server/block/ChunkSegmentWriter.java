package dnd.metrics.server.block;

import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.disk.DiskPace;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Writes chunks into the files of a block's folder {@code chunks}, each of bounded size. */
final class ChunkSegmentWriter implements Closeable {
  private final BlockFiles files;
  private final String folder;
  private final int segmentBytes;
  private final DiskPace pace;
  private final OutputBytes header = new OutputBytes();
  private final CRC32C crc = new CRC32C();
  private @Nullable FileOutput segment;
  private int segments;
  private byte[] bytes = new byte[1024];

  ChunkSegmentWriter(BlockFiles files, String folder, int segmentBytes, DiskPace pace) {
    this.files = files;
    this.folder = folder;
    this.segmentBytes = segmentBytes;
    this.pace = pace;
  }

  /**
   * Writes a chunk.
   *
   * @return where it is: the number of its file, less one, in the upper half, the offset in the
   *     lower
   */
  long write(EncodedChunk chunk) throws IOException {
    int length = Math.toIntExact(chunk.data().byteSize());
    header.clear();
    header.putUvarint(length);
    header.putByte(chunk.encoding());
    FileOutput out = segment;
    long needed = (long) header.size() + length + BlockLayout.CHECKSUM_BYTES;
    if (out == null
        || (out.position() + needed > segmentBytes
            && out.position() > BlockLayout.SEGMENT_HEADER_BYTES)) {
      out = nextSegment();
    }
    if (bytes.length < length) {
      bytes = new byte[Math.max(length, bytes.length * 2)];
    }
    MemorySegment.copy(chunk.data(), ValueLayout.JAVA_BYTE, 0, bytes, 0, length);
    long reference = ((long) (segments - 1) << 32) | out.position();
    crc.reset();
    crc.update(chunk.encoding());
    crc.update(bytes, 0, length);
    out.write(header);
    out.write(bytes, 0, length);
    header.clear();
    header.putInt(crc.getValue());
    out.write(header);
    return reference;
  }

  private FileOutput nextSegment() throws IOException {
    finish();
    segments++;
    FileOutput out =
        new FileOutput(files.create(BlockLayout.path(folder, BlockLayout.segment(segments))), pace);
    segment = out;
    OutputBytes head = new OutputBytes();
    head.putInt(BlockLayout.CHUNKS_MAGIC);
    head.putByte(BlockLayout.CHUNKS_VERSION);
    head.put(new byte[3], 0, 3);
    out.write(head);
    return out;
  }

  /** Forces the file that is being written. */
  void finish() throws IOException {
    FileOutput out = segment;
    if (out != null) {
      out.force();
      segment = null;
      out.close();
    }
  }

  @Override
  public void close() throws IOException {
    FileOutput out = segment;
    if (out != null) {
      segment = null;
      out.close();
    }
  }
}
