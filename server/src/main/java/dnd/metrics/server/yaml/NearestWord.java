package dnd.metrics.server.yaml;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** What somebody probably meant: the known word with the fewest edits to what was written. */
public final class NearestWord {
  private NearestWord() {}

  /**
   * The nearest of {@code known}, case apart, where at most a third of the letters (and at least
   * one edit, an exchange of neighbours counted as one) separate them; the first of equals.
   */
  public static Optional<String> of(String written, Collection<String> known) {
    String lower = written.toLowerCase(Locale.ROOT);
    String nearest = null;
    int fewest = Integer.MAX_VALUE;
    for (String word : known) {
      int edits = edits(lower, word.toLowerCase(Locale.ROOT));
      if (edits < fewest) {
        fewest = edits;
        nearest = word;
      }
    }
    int allowed = Math.max(1, (written.length() + 2) / 3);
    return fewest <= allowed ? Optional.ofNullable(nearest) : Optional.empty();
  }

  /** Optimal string alignment distance. */
  private static int edits(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      cost[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      cost[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
