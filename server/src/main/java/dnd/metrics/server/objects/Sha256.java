package dnd.metrics.server.objects;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of contents. */
final class Sha256 {
  private static final long PORTION_BYTES = 1 << 30;

  private Sha256() {}

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] of(MemorySegment content) {
    MessageDigest digest = digest();
    for (long at = 0; at < content.byteSize(); at += PORTION_BYTES) {
      long n = Math.min(PORTION_BYTES, content.byteSize() - at);
      digest.update(content.asSlice(at, n).asByteBuffer());
    }
    return digest.digest();
  }
}
