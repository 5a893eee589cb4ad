package dnd.metrics.server.wal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Files of one kind in a folder, numbered from 1: a name is eight digits and the kind.
 *
 * @param suffix what their names end with
 */
public record NumberedFiles(String suffix) {
  private static final int DIGITS = 8;

  public String name(int number) {
    return String.format("%08d%s", number, suffix);
  }

  /** The number in a file's name, or -1 where the file is of another kind. */
  public int numberOf(String name) {
    if (!name.endsWith(suffix) || name.length() != DIGITS + suffix.length()) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < DIGITS; i++) {
      int digit = name.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = 10 * number + digit;
    }
    return number;
  }

  /** The names of those that are there, the oldest first. */
  public List<String> in(LogFiles files) throws IOException {
    List<String> names = new ArrayList<>();
    for (String name : files.list()) {
      if (numberOf(name) > 0) {
        names.add(name);
      }
    }
    return names;
  }
}
