package dnd.metrics.server.objects;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The bytes of a segment as a stream. For one thread. */
final class SegmentInputStream extends InputStream {
  private final MemorySegment content;
  private long at;

  SegmentInputStream(MemorySegment content) {
    this.content = content;
  }

  @Override
  public int read() {
    return at < content.byteSize() ? content.get(ValueLayout.JAVA_BYTE, at++) & 0xff : -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    int n = (int) Math.min(length, content.byteSize() - at);
    if (n <= 0) {
      return -1;
    }
    MemorySegment.copy(content, ValueLayout.JAVA_BYTE, at, bytes, offset, n);
    at += n;
    return n;
  }
}
