package dnd.metrics.server.rules.unittest;

import dnd.metrics.server.rules.PreparedGroup;
import dnd.metrics.server.rules.RuleDefaults;
import dnd.metrics.server.rules.file.RuleFile;
import dnd.metrics.server.rules.file.RuleFileReader;
import dnd.metrics.server.rules.file.RuleFileReading;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The groups of a test's rule files, in the order in which they are evaluated. */
final class TestGroups {
  private TestGroups() {}

  /**
   * Reads the files.
   *
   * @param files their texts by name
   * @param order names of groups; one that is not named is as early as the first of them
   * @throws UnitTestException naming all that is wrong with the files
   */
  static List<PreparedGroup> load(
      Map<String, String> files,
      List<String> order,
      RuleDefaults defaults,
      boolean ignoreUnknownFields)
      throws UnitTestException {
    List<PreparedGroup> groups = new ArrayList<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      String name = file.getKey();
      RuleFile content = read(name, file.getValue(), ignoreUnknownFields);
      content.groups().forEach(group -> groups.add(PreparedGroup.of(name, group, defaults)));
    }
    Map<String, Integer> places = new HashMap<>();
    order.forEach(name -> places.put(name, places.size()));
    groups.sort(Comparator.comparingInt(group -> places.getOrDefault(group.name(), 0)));
    return groups;
  }

  private static RuleFile read(String name, String text, boolean ignoreUnknownFields)
      throws UnitTestException {
    RuleFileReading reading = RuleFileReader.read(text, ignoreUnknownFields);
    if (!reading.isValid()) {
      throw new UnitTestException(
          reading.problems().stream().map(problem -> name + ": " + problem).toList());
    }
    return reading.file();
  }
}
