package dnd.metrics.server.rules.unittest;

import dnd.metrics.server.rules.PreparedGroup;
import dnd.metrics.server.rules.RuleDefaults;
import dnd.metrics.server.rules.file.RuleFileReader;
import dnd.metrics.server.rules.file.RuleFileReading;
import dnd.metrics.server.rules.file.RuleGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The groups of a test's rule files, in the order in which they are evaluated. */
final class TestGroups {
  private TestGroups() {}

  /**
   * Reads the files.
   *
   * @param order names of groups; one that is not named is as early as the first of them
   * @throws UnitTestException naming all that is wrong with the files
   */
  static List<PreparedGroup> load(
      List<Path> files, List<String> order, RuleDefaults defaults, boolean ignoreUnknownFields)
      throws UnitTestException {
    Map<String, PreparedGroup> groups = new LinkedHashMap<>();
    for (Path file : files) {
      for (RuleGroup group : read(file, ignoreUnknownFields).file().groups()) {
        PreparedGroup prepared = PreparedGroup.of(file.toString(), group, defaults);
        groups.put(prepared.key(), prepared);
      }
    }
    Map<String, Integer> places = new HashMap<>();
    order.forEach(name -> places.put(name, places.size()));
    List<PreparedGroup> sorted = new ArrayList<>(groups.values());
    sorted.sort(Comparator.comparingInt(group -> places.getOrDefault(group.name(), 0)));
    return sorted;
  }

  private static RuleFileReading read(Path file, boolean ignoreUnknownFields)
      throws UnitTestException {
    RuleFileReading reading;
    try {
      reading = RuleFileReader.read(Files.readString(file), ignoreUnknownFields);
    } catch (IOException e) {
      throw new UnitTestException(List.of(file + ": cannot be read: " + e));
    }
    if (!reading.isValid()) {
      throw new UnitTestException(
          reading.problems().stream().map(problem -> file + ": " + problem).toList());
    }
    return reading;
  }
}
