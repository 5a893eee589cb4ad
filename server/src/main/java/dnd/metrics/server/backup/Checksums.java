package dnd.metrics.server.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The file {@code SHA256SUMS} of a backup, as {@code sha256sum -c} reads it. */
final class Checksums {
  static final String FILE = "SHA256SUMS";
  private static final int SUM_CHARS = 64;

  private Checksums() {}

  /** Forces every file below the folder to disk and writes their sums. */
  static void write(Path folder) throws IOException {
    StringBuilder sums = new StringBuilder();
    for (Path file : files(folder)) {
      force(file);
      sums.append(sum(file)).append("  ").append(name(folder, file)).append('\n');
    }
    Path file = folder.resolve(FILE);
    Files.writeString(file, sums);
    force(file);
  }

  /** What is wrong with the files below the folder, a line each; empty where nothing is. */
  static List<String> problems(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return List.of(folder + " is no backup: it has no file " + FILE);
    }
    TreeMap<String, String> sums = new TreeMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      if (line.length() < SUM_CHARS + 3) {
        return List.of(FILE + " is damaged: '" + line + "'");
      }
      sums.put(line.substring(SUM_CHARS + 2), line.substring(0, SUM_CHARS));
    }
    List<String> problems = new ArrayList<>();
    TreeSet<String> found = new TreeSet<>();
    for (Path each : files(folder)) {
      String name = name(folder, each);
      found.add(name);
      String expected = sums.get(name);
      if (expected == null) {
        problems.add(name + ": is not in " + FILE);
      } else if (!expected.equals(sum(each))) {
        problems.add(name + ": is not what was written: its checksum differs");
      }
    }
    for (String name : sums.keySet()) {
      if (!found.contains(name)) {
        problems.add(name + ": is missing");
      }
    }
    return problems;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !name(folder, file).equals(FILE))
          .sorted()
          .toList();
    }
  }

  private static String name(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  private static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private static String sum(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    byte[] piece = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        digest.update(piece, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
