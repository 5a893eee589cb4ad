package dnd.metrics.server.hub.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Makes a TLS context of a certificate and a key in PEM files. */
final class PemFiles {
  private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String KEY_END = "-----END PRIVATE KEY-----";
  private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA");

  private PemFiles() {}

  /**
   * @throws IOException where a file cannot be read
   * @throws GeneralSecurityException where it does not hold what it should; the message names it
   */
  static SSLContext context(HubTls tls) throws IOException, GeneralSecurityException {
    Certificate[] chain = certificates(tls.certFile());
    PrivateKey key = privateKey(tls.keyFile());
    char[] noPassword = new char[0];
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, noPassword);
    store.setKeyEntry("hub", key, noPassword, chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, noPassword);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static Certificate[] certificates(Path file)
      throws IOException, GeneralSecurityException {
    Certificate[] chain;
    try (InputStream in = Files.newInputStream(file)) {
      chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(in)
              .toArray(Certificate[]::new);
    }
    if (chain.length == 0) {
      throw new GeneralSecurityException(file + " holds no certificate");
    }
    return chain;
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    int begin = text.indexOf(KEY_BEGIN);
    int end = text.indexOf(KEY_END);
    if (begin < 0 || end < begin) {
      throw new GeneralSecurityException(
          file
              + " holds no private key that is PKCS #8 and not encrypted; convert it with: openssl"
              + " pkcs8 -topk8 -nocrypt -in "
              + file);
    }
    byte[] der;
    try {
      der = Base64.getMimeDecoder().decode(text.substring(begin + KEY_BEGIN.length(), end));
    } catch (IllegalArgumentException malformed) {
      throw new GeneralSecurityException(file + " is not a PEM file", malformed);
    }
    GeneralSecurityException unknown =
        new GeneralSecurityException(file + " holds a key that is none of " + KEY_ALGORITHMS);
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException otherAlgorithm) {
        unknown.addSuppressed(otherAlgorithm);
      }
    }
    throw unknown;
  }
}
