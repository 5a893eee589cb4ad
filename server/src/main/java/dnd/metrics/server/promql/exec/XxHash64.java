package dnd.metrics.server.promql.exec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The XXH64 hash (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md) with a seed of 0. */
final class XxHash64 {
  private static final long PRIME1 = 0x9E3779B185EBCA87L;
  private static final long PRIME2 = 0xC2B2AE3D27D4EB4FL;
  private static final long PRIME3 = 0x165667B19E3779F9L;
  private static final long PRIME4 = 0x85EBCA77C2B2AE63L;
  private static final long PRIME5 = 0x27D4EB2F165667C5L;

  private static final long PRIME1_PLUS_PRIME2 = 0x60EA27EEADC0B5D6L;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private XxHash64() {}

  static long of(byte[] data, int length) {
    int p = 0;
    long h;
    if (length >= 32) {
      long v1 = PRIME1_PLUS_PRIME2;
      long v2 = PRIME2;
      long v3 = 0;
      long v4 = -PRIME1;
      for (; p <= length - 32; p += 32) {
        v1 = round(v1, (long) LONGS.get(data, p));
        v2 = round(v2, (long) LONGS.get(data, p + 8));
        v3 = round(v3, (long) LONGS.get(data, p + 16));
        v4 = round(v4, (long) LONGS.get(data, p + 24));
      }
      h =
          Long.rotateLeft(v1, 1)
              + Long.rotateLeft(v2, 7)
              + Long.rotateLeft(v3, 12)
              + Long.rotateLeft(v4, 18);
      h = merge(h, v1);
      h = merge(h, v2);
      h = merge(h, v3);
      h = merge(h, v4);
    } else {
      h = PRIME5;
    }
    h += length;
    for (; p <= length - 8; p += 8) {
      h = Long.rotateLeft(h ^ round(0, (long) LONGS.get(data, p)), 27) * PRIME1 + PRIME4;
    }
    if (p <= length - 4) {
      long word = (int) INTS.get(data, p) & 0xFFFFFFFFL;
      h = Long.rotateLeft(h ^ (word * PRIME1), 23) * PRIME2 + PRIME3;
      p += 4;
    }
    for (; p < length; p++) {
      h = Long.rotateLeft(h ^ ((data[p] & 0xFF) * PRIME5), 11) * PRIME1;
    }
    h = (h ^ (h >>> 33)) * PRIME2;
    h = (h ^ (h >>> 29)) * PRIME3;
    return h ^ (h >>> 32);
  }

  private static long round(long accumulator, long input) {
    return Long.rotateLeft(accumulator + input * PRIME2, 31) * PRIME1;
  }

  private static long merge(long h, long v) {
    return (h ^ round(0, v)) * PRIME1 + PRIME4;
  }
}
