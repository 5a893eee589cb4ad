package dnd.metrics.server.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.Deflater;

/**
 * One jar in the place of all those of a folder that are not signed: a start then opens one instead
 * of sixty, and reads one short manifest instead of all of theirs, package by package, before the
 * first class of the program runs. As on a class path, the first jar by name wins; lists of
 * services are put together. Of the manifests stays what is asked for: the versions of packages
 * that have a class which looks for its own.
 */
final class JoinedJar {
  /** The first by name, so that it is searched first. */
  static final String NAME = "all.jar";

  private static final String SERVICES = "META-INF/services/";
  private static final String VERSIONS = "META-INF/versions/";
  private static final String ASKS_FOR_VERSION = "getImplementationVersion";

  private final JarOutputStream out;
  private final Set<String> names = new HashSet<>();
  private final Map<String, ByteArrayOutputStream> services = new LinkedHashMap<>();
  private final Manifest manifest = new Manifest();

  private JoinedJar(JarOutputStream out) {
    this.out = out;
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MULTI_RELEASE, "true");
    names.add(JarFile.MANIFEST_NAME);
  }

  /** Joins the jars of a folder; those that are joined are removed. */
  static void join(Path folder) throws IOException {
    List<Path> jars = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path jar : all.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
        if (!isSigned(jar)) {
          jars.add(jar);
        }
      }
    }
    Path made = folder.resolve(NAME + ".new");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(made))) {
      out.setLevel(Deflater.BEST_SPEED);
      JoinedJar joined = new JoinedJar(out);
      for (Path jar : jars) {
        joined.add(jar);
      }
      joined.finish();
    }
    Files.move(made, folder.resolve(NAME));
    for (Path jar : jars) {
      Files.delete(jar);
    }
  }

  private static boolean isSigned(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream().anyMatch(ModernJars::isSignature);
    }
  }

  private void add(Path jar) throws IOException {
    try (JarFile in = new JarFile(jar.toFile())) {
      Manifest about = in.getManifest();
      Attributes said = about == null ? new Attributes() : about.getMainAttributes();
      for (JarEntry entry : in.stream().toList()) {
        add(in, entry, said);
      }
    }
  }

  private void add(JarFile in, JarEntry entry, Attributes said) throws IOException {
    String name = entry.getName();
    if (name.endsWith("module-info.class") || (name.startsWith(VERSIONS) && !in.isMultiRelease())) {
      return;
    }
    if (name.startsWith(SERVICES) && !entry.isDirectory()) {
      ByteArrayOutputStream list =
          services.computeIfAbsent(name, each -> new ByteArrayOutputStream());
      list.write(read(in, entry));
      list.write('\n');
    } else if (names.add(name)) {
      byte[] bytes = read(in, entry);
      put(name, bytes);
      keepVersion(name, bytes, said);
    }
  }

  private static byte[] read(JarFile in, JarEntry entry) throws IOException {
    try (InputStream content = in.getInputStream(entry)) {
      return content.readAllBytes();
    }
  }

  private void keepVersion(String name, byte[] bytes, Attributes said) {
    String version = said.getValue(Attributes.Name.IMPLEMENTATION_VERSION);
    if (version != null
        && name.endsWith(".class")
        && new String(bytes, StandardCharsets.ISO_8859_1).contains(ASKS_FOR_VERSION)) {
      Attributes kept = new Attributes();
      kept.put(Attributes.Name.IMPLEMENTATION_VERSION, version);
      manifest.getEntries().put(name.substring(0, name.lastIndexOf('/') + 1), kept);
    }
  }

  private void put(String name, byte[] bytes) throws IOException {
    out.putNextEntry(new JarEntry(name));
    out.write(bytes);
    out.closeEntry();
  }

  private void finish() throws IOException {
    for (Map.Entry<String, ByteArrayOutputStream> list : services.entrySet()) {
      put(list.getKey(), list.getValue().toByteArray());
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    manifest.write(bytes);
    put(JarFile.MANIFEST_NAME, bytes.toByteArray());
  }
}
