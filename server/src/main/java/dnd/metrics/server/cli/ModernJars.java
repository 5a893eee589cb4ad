package dnd.metrics.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * A program of its own that the launcher runs once after each build, before {@link AotTraining}:
 * classes of a version before Java 6 are not taken into an AOT cache, so it gives those in the jars
 * of a folder the version of Java 8, with the stack maps that this asks for. Nothing else of them
 * changes. picocli, which every command begins with, is built for Java 5. Then it makes one jar of
 * them ({@link JoinedJar}).
 */
public final class ModernJars {
  /** Classes before this version are left out of AOT caches. */
  private static final int LEAST_VERSION = ClassFile.JAVA_6_VERSION;

  private static final int NEW_VERSION = ClassFile.JAVA_8_VERSION;

  /** Where the version ends that a class file begins with. */
  private static final int VERSION_END = 8;

  private ModernJars() {}

  /**
   * @param args the folder
   */
  public static void main(String[] args) throws IOException {
    try (Stream<Path> all = Files.list(Path.of(args[0]))) {
      for (Path jar : all.filter(file -> file.toString().endsWith(".jar")).toList()) {
        modernize(jar);
      }
    }
    JoinedJar.join(Path.of(args[0]));
  }

  /**
   * Puts a jar with newer classes in the place of one that has old ones.
   *
   * @return how many classes were old
   */
  static int modernize(Path jar) throws IOException {
    Path made = jar.resolveSibling(jar.getFileName() + ".new");
    int count = 0;
    try (JarFile in = new JarFile(jar.toFile())) {
      List<JarEntry> entries = in.stream().toList();
      if (entries.stream().anyMatch(ModernJars::isSignature) || !hasOld(in, entries)) {
        return 0; // what is signed stays as it is
      }
      ClassFile classFile =
          ClassFile.of(
              StackMapsOption.GENERATE_STACK_MAPS, ClassHierarchyResolverOption.of(resolver(in)));
      try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(made))) {
        for (JarEntry entry : entries) {
          byte[] bytes = read(in, entry, Integer.MAX_VALUE);
          if (isClass(entry) && isOld(bytes)) {
            bytes = modernize(classFile, bytes);
            count++;
          }
          out.putNextEntry(new JarEntry(entry.getName()));
          out.write(bytes);
          out.closeEntry();
        }
      }
    }
    Files.move(made, jar, StandardCopyOption.REPLACE_EXISTING);
    return count;
  }

  private static boolean hasOld(JarFile jar, List<JarEntry> entries) throws IOException {
    for (JarEntry entry : entries) {
      if (isClass(entry) && isOld(read(jar, entry, VERSION_END))) {
        return true;
      }
    }
    return false;
  }

  static boolean isSignature(JarEntry entry) {
    return entry.getName().startsWith("META-INF/") && entry.getName().endsWith(".SF");
  }

  private static byte[] read(JarFile jar, JarEntry entry, int most) throws IOException {
    try (InputStream in = jar.getInputStream(entry)) {
      return in.readNBytes(most);
    }
  }

  private static boolean isClass(JarEntry entry) {
    return entry.getName().endsWith(".class");
  }

  private static boolean isOld(byte[] bytes) {
    return (((bytes[6] & 0xff) << 8) | (bytes[7] & 0xff)) < LEAST_VERSION;
  }

  /** Finds superclasses in the jar, and those of Java. */
  private static ClassHierarchyResolver resolver(JarFile jar) {
    return ClassHierarchyResolver.ofResourceParsing(
            type -> {
              String descriptor = type.descriptorString();
              String name = descriptor.substring(1, descriptor.length() - 1) + ".class";
              JarEntry entry = jar.getJarEntry(name);
              try {
                return entry == null ? null : jar.getInputStream(entry);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .orElse(ClassHierarchyResolver.defaultResolver())
        .cached();
  }

  private static byte[] modernize(ClassFile classFile, byte[] bytes) {
    ClassModel old = classFile.parse(bytes);
    MethodTransform sameCode = MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL);
    return classFile.transformClass(
        old,
        (builder, element) -> {
          switch (element) {
            case ClassFileVersion _ -> builder.withVersion(NEW_VERSION, 0);
            case MethodModel method -> builder.transformMethod(method, sameCode);
            default -> builder.with(element);
          }
        });
  }
}
