package dnd.metrics.server.rules.unittest;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A name of files as Go's {@code filepath.Glob} takes it: {@code *} and {@code ?} stand for
 * characters of one name, {@code [a-z]} and {@code [^a]} for one, a backslash takes a character's
 * meaning away.
 */
final class FilePattern {
  private FilePattern() {}

  /**
   * The files that match, in the order of their names.
   *
   * @throws UnitTestException where the pattern is wrong or a folder cannot be read
   */
  static List<Path> matches(Path base, String pattern) throws UnitTestException {
    List<Path> found = List.of(pattern.startsWith("/") ? Path.of("/") : base);
    for (String name : pattern.split("/+")) {
      if (!name.isEmpty()) {
        found = next(found, name);
      }
    }
    return found;
  }

  /**
   * Those of {@code names} that match, in their order.
   *
   * @throws UnitTestException where the pattern is wrong
   */
  static List<String> matches(Collection<String> names, String pattern) throws UnitTestException {
    Pattern regex = regex(pattern);
    return names.stream().filter(name -> regex.matcher(name).matches()).sorted().toList();
  }

  private static List<Path> next(List<Path> folders, String name) throws UnitTestException {
    boolean literal = name.chars().noneMatch(c -> "*?[\\".indexOf(c) >= 0);
    List<Path> found = new ArrayList<>();
    for (Path folder : folders) {
      if (literal) {
        Path path = folder.resolve(name).normalize();
        if (Files.exists(path)) {
          found.add(path);
        }
      } else if (Files.isDirectory(folder)) {
        found.addAll(inside(folder, regex(name)));
      }
    }
    return found;
  }

  private static List<Path> inside(Path folder, Pattern name) throws UnitTestException {
    List<Path> found = new ArrayList<>();
    boolean here = folder.toString().isEmpty();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            here ? Path.of(".") : folder,
            entry -> name.matcher(entry.getFileName().toString()).matches())) {
      entries.forEach(entry -> found.add(here ? entry.getFileName() : entry));
    } catch (IOException e) {
      throw new UnitTestException(List.of(folder + ": cannot be read: " + e));
    }
    found.sort(null);
    return found;
  }

  private static Pattern regex(String name) throws UnitTestException {
    StringBuilder regex = new StringBuilder();
    int i = 0;
    while (i < name.length()) {
      char c = name.charAt(i);
      i++;
      switch (c) {
        case '*' -> regex.append("[^/]*");
        case '?' -> regex.append("[^/]");
        case '[' -> {
          int close = name.indexOf(']', i + 1);
          if (close < 0) {
            throw wrong();
          }
          regex.append('[').append(name, i, close).append(']');
          i = close + 1;
        }
        case '\\' -> {
          if (i == name.length()) {
            throw wrong();
          }
          regex.append(Pattern.quote(name.substring(i, i + 1)));
          i++;
        }
        default -> regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    try {
      return Pattern.compile(regex.toString(), Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      throw wrong();
    }
  }

  private static UnitTestException wrong() {
    return new UnitTestException(List.of("syntax error in pattern"));
  }
}
