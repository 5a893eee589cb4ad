package dnd.metrics.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoinedJarTest {
  @TempDir private Path folder;

  private void jar(String name, Manifest manifest, Map<String, byte[]> entries) throws IOException {
    try (JarOutputStream out =
        new JarOutputStream(Files.newOutputStream(folder.resolve(name)), manifest)) {
      for (Map.Entry<String, byte[]> entry : new TreeMap<>(entries).entrySet()) {
        out.putNextEntry(new JarEntry(entry.getKey()));
        out.write(entry.getValue());
      }
    }
  }

  private static Manifest manifest(String version) {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
    return manifest;
  }

  private static byte[] text(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] bytesOf(Class<?> type) throws IOException {
    try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
      return in.readAllBytes();
    }
  }

  private static String textOf(JarFile jar, String name) throws IOException {
    try (InputStream in = jar.getInputStream(jar.getJarEntry(name))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  void holdsWhatAClassPathOfAllWouldFind() throws Exception {
    jar(
        "a.jar",
        manifest("1"),
        Map.of(
            "META-INF/services/x",
            text("a.One"),
            "module-info.class",
            text("a"),
            "META-INF/versions/9/some",
            text("of no jar for several releases"),
            "some/",
            new byte[0],
            "some/same",
            text("first")));
    jar(
        "b.jar",
        manifest("2"),
        Map.of("META-INF/services/x", text("b.Two"), "some/same", text("second"), "b", text("b")));
    jar("c.jar", manifest("3"), Map.of("META-INF/KEY.SF", text("signed"), "c", text("c")));

    JoinedJar.join(folder);

    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("all.jar", "c.jar");
    try (JarFile joined = new JarFile(folder.resolve("all.jar").toFile())) {
      assertThat(joined.stream().map(JarEntry::getName))
          .containsExactlyInAnyOrder(
              "META-INF/MANIFEST.MF", "META-INF/services/x", "some/", "some/same", "b");
      assertThat(textOf(joined, "META-INF/services/x").lines()).containsExactly("a.One", "b.Two");
      assertThat(textOf(joined, "some/same")).isEqualTo("first");
    }
  }

  @Test
  void whoAsksForItsVersionGetsThatOfItsJarAndWhatIsForANewerJavaIsFound() throws Exception {
    String asking = Version.class.getName().replace('.', '/') + ".class";
    jar("a.jar", manifest("7"), Map.of(asking, bytesOf(Version.class)));
    Manifest severalReleases = manifest("8");
    severalReleases.getMainAttributes().put(Attributes.Name.MULTI_RELEASE, "true");
    jar(
        "b.jar",
        severalReleases,
        Map.of("any", text("old"), "META-INF/versions/9/any", text("new"), "b", text("b")));

    JoinedJar.join(folder);

    URL[] path = {folder.resolve("all.jar").toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
      assertThat(loader.loadClass(Version.class.getName()).getPackage().getImplementationVersion())
          .isEqualTo("7");
      try (InputStream any = loader.getResourceAsStream("any")) {
        assertThat(new String(any.readAllBytes(), UTF_8)).isEqualTo("new");
      }
    }
  }
}
