package dnd.metrics.server.objects;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** Fails at the end of a stream whose bytes have another SHA-256 than they should. */
final class VerifiedInputStream extends FilterInputStream {
  private final String name;
  private final byte[] wanted;
  private final MessageDigest digest = Sha256.digest();

  /**
   * @param name how the message names the object
   */
  VerifiedInputStream(InputStream in, String name, byte[] wanted) {
    super(in);
    this.name = name;
    this.wanted = wanted.clone();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = in.read(bytes, offset, length);
    if (n > 0) {
      digest.update(bytes, offset, n);
    } else if (n < 0 && !MessageDigest.isEqual(digest.digest(), wanted)) {
      throw new IOException(name + " is not what was put: its checksum is wrong");
    }
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    throw new IOException("every byte counts");
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
