package dnd.metrics.server.hub.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for 127.0.0.1 that is made when a test needs it, as PEM files. */
record TestCertificate(Path certFile, Path keyFile, Certificate certificate) {
  private static final String PASSWORD = "changeit";

  static TestCertificate create(Path folder, String algorithm) throws Exception {
    Path store = folder.resolve(algorithm + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "hub",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=hub",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    Certificate certificate = keys.getCertificate("hub");
    Path certFile = folder.resolve(algorithm + "-cert.pem");
    Path keyFile = folder.resolve(algorithm + "-key.pem");
    Files.write(certFile, pem("CERTIFICATE", certificate.getEncoded()));
    Files.write(
        keyFile, pem("PRIVATE KEY", keys.getKey("hub", PASSWORD.toCharArray()).getEncoded()));
    return new TestCertificate(certFile, keyFile, certificate);
  }

  private static List<String> pem(String kind, byte[] der) {
    return List.of(
        "-----BEGIN " + kind + "-----",
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der),
        "-----END " + kind + "-----");
  }

  /** For a client that trusts it, and talks {@code protocol} at most: TLS, TLSv1.2. */
  SSLContext trusting(String protocol) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("hub", certificate);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance(protocol);
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
