package dnd.metrics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ModernJarsTest {
  @TempDir private Path folder;

  @Test
  void classesThatNoAotCacheTakesGetANewVersionAndWorkAsBefore() throws Exception {
    Path original =
        Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path jar = Files.copy(original, folder.resolve("picocli.jar"));

    assertThat(ModernJars.modernize(jar)).isPositive();

    assertThat(names(jar)).isEqualTo(names(original));
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      for (String name : names(jar)) {
        if (name.endsWith(".class") && name.startsWith("picocli/CommandLine")) {
          // verifies it, stack maps and all
          Class.forName(name.substring(0, name.length() - 6).replace('/', '.'), true, loader);
        }
      }
      Object version = loader.loadClass("picocli.CommandLine").getField("VERSION").get(null);
      assertThat(version).isEqualTo(CommandLine.VERSION);
    }
  }

  @Test
  void aJarWithoutSuchClassesStaysAsItIs() throws Exception {
    Path original = Path.of(Test.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path jar = Files.copy(original, folder.resolve("junit.jar"));

    assertThat(ModernJars.modernize(jar)).isZero();

    assertThat(jar).hasSameBinaryContentAs(original);
    assertThat(folder.toFile().list()).containsExactly("junit.jar");
  }

  private static List<String> names(Path jar) throws Exception {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream().map(JarEntry::getName).toList();
    }
  }
}
