package dnd.metrics.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Prints measured rows as a table, and writes them as JSON for tools. */
final class Report {
  private final String title;
  private final List<Measured> rows = new ArrayList<>();

  Report(String title) {
    this.title = title;
  }

  void add(Measured row) {
    rows.add(row);
  }

  List<Measured> rows() {
    return List.copyOf(rows);
  }

  /** The ratio of two systems' figures for the same thing, as a row of its own figure. */
  void addRatio(String what, String figure, String ours, String peer, boolean higherIsBetter) {
    double a = find(what, ours).number(figure);
    double b = find(what, peer).number(figure);
    double ratio = higherIsBetter ? a / b : b / a;
    rows.add(Measured.of(what, ours + " against " + peer, figure + " ratio", ratio));
  }

  private Measured find(String what, String system) {
    return rows.stream()
        .filter(r -> r.what().equals(what) && r.system().equals(system))
        .findFirst()
        .orElseThrow();
  }

  void print(PrintStream out) {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(r -> names.addAll(r.figures().keySet()));
    List<List<String>> table = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("what", "system"));
    head.addAll(names);
    table.add(head);
    for (Measured row : rows) {
      List<String> line = new ArrayList<>(List.of(row.what(), row.system()));
      for (String name : names) {
        line.add(show(row.figures().get(name)));
      }
      table.add(line);
    }
    out.println();
    out.println(title + " — " + machine());
    out.println();
    for (int r = 0; r < table.size(); r++) {
      StringBuilder text = new StringBuilder("|");
      for (int c = 0; c < head.size(); c++) {
        int column = c;
        int width = table.stream().mapToInt(l -> l.get(column).length()).max().orElse(0);
        String cell = table.get(r).get(c);
        text.append(' ')
            .append(
                c < 2
                    ? cell + " ".repeat(width - cell.length())
                    : " ".repeat(width - cell.length()) + cell)
            .append(" |");
      }
      out.println(text);
      if (r == 0) {
        out.println(text.toString().replaceAll("[^|]", "-"));
      }
    }
    out.println();
  }

  private static String show(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case Double d when Math.abs(d) >= 1000 ->
          String.format(Locale.ROOT, "%,.0f", d).replace(',', ' ');
      case Double d -> String.format(Locale.ROOT, "%.3g", d);
      case Long l -> String.format(Locale.ROOT, "%,d", l).replace(',', ' ');
      default -> value.toString();
    };
  }

  static String machine() {
    return "%d cores, Java %s, %s %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            Runtime.version().feature(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"));
  }

  void write(Path file) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("title", title);
    root.put("machine", machine());
    root.put("rows", rows);
    JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writeValue(file, root);
  }
}
