package dnd.metrics.server.rules.unittest;

import java.util.ArrayList;
import java.util.List;

/** How two texts differ, line by line. */
final class LineDifference {
  private LineDifference() {}

  /**
   * Lines of both as they are, those only expected behind a minus, those only got behind a plus.
   */
  static String print(String expected, String got) {
    List<String> left = expected.lines().toList();
    List<String> right = got.lines().toList();
    int[][] common = new int[left.size() + 1][right.size() + 1];
    for (int i = left.size() - 1; i >= 0; i--) {
      for (int j = right.size() - 1; j >= 0; j--) {
        common[i][j] =
            left.get(i).equals(right.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    List<String> lines = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < left.size() || j < right.size()) {
      if (i < left.size() && j < right.size() && left.get(i).equals(right.get(j))) {
        lines.add("  " + left.get(i));
        i++;
        j++;
      } else if (j == right.size() || (i < left.size() && common[i + 1][j] >= common[i][j + 1])) {
        lines.add("- " + left.get(i));
        i++;
      } else {
        lines.add("+ " + right.get(j));
        j++;
      }
    }
    return String.join("\n", lines);
  }
}
