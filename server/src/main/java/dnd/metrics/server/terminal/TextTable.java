package dnd.metrics.server.terminal;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells in columns that are as wide as their widest cell, two blanks apart. */
public final class TextTable {
  private final List<String> headers;
  private final boolean[] toTheRight;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param firstRight the columns from this one on are aligned to the right
   */
  public TextTable(List<String> headers, int firstRight) {
    this.headers = List.copyOf(headers);
    this.toTheRight = new boolean[headers.size()];
    for (int i = firstRight; i < toTheRight.length; i++) {
      toTheRight[i] = true;
    }
  }

  public void add(List<String> cells) {
    rows.add(List.copyOf(cells));
  }

  /** How many characters the longest row has. */
  int width() {
    int width = 2 * (headers.size() - 1);
    for (int columnWidth : widths()) {
      width += columnWidth;
    }
    return width;
  }

  private int[] widths() {
    int[] widths = new int[headers.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = length(headers.get(i));
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], length(row.get(i)));
      }
    }
    return widths;
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }

  public void print(StringBuilder out, Style style) {
    int[] widths = widths();
    StringBuilder line = new StringBuilder();
    append(line, headers, widths);
    out.append(style.bold(line.toString())).append('\n');
    for (List<String> row : rows) {
      line.setLength(0);
      append(line, row, widths);
      out.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private void append(StringBuilder line, List<String> cells, int[] widths) {
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      String padding = " ".repeat(widths[i] - length(cell));
      boolean last = i == widths.length - 1;
      line.append(i == 0 ? "" : "  ");
      line.append(toTheRight[i] ? padding + cell : last ? cell : cell + padding);
    }
  }
}
