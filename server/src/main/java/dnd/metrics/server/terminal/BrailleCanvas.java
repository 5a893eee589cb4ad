package dnd.metrics.server.terminal;

/**
 * A drawing area of character cells, each of 2 by 4 dots (Unicode's Braille patterns). A cell
 * remembers which series drew in it last, and may hold a letter in place of its dots. Row 0 is at
 * the top; dot coordinates grow to the right and upwards.
 */
final class BrailleCanvas {
  private static final int NOBODY = -1;

  /** The bit of each dot of a cell: by column, from the bottom up. */
  private static final int[][] BITS = {{0x40, 0x04, 0x02, 0x01}, {0x80, 0x20, 0x10, 0x08}};

  final int columns;
  final int rows;
  private final int[][] dots;
  private final int[][] owner;
  private final char[][] letters;

  BrailleCanvas(int columns, int rows) {
    this.columns = columns;
    this.rows = rows;
    dots = new int[rows][columns];
    owner = new int[rows][columns];
    letters = new char[rows][columns];
    for (int[] row : owner) {
      java.util.Arrays.fill(row, NOBODY);
    }
  }

  int dotsWide() {
    return 2 * columns;
  }

  int dotsHigh() {
    return 4 * rows;
  }

  void dot(int x, int y, int series) {
    if (x < 0 || y < 0 || x >= dotsWide() || y >= dotsHigh()) {
      return;
    }
    int row = rows - 1 - y / 4;
    dots[row][x / 2] |= BITS[x % 2][y % 4];
    owner[row][x / 2] = series;
  }

  /** A straight line (Bresenham's algorithm). */
  void line(int fromX, int fromY, int toX, int toY, int series) {
    int dx = Math.abs(toX - fromX);
    int dy = -Math.abs(toY - fromY);
    int stepX = fromX < toX ? 1 : -1;
    int stepY = fromY < toY ? 1 : -1;
    int error = dx + dy;
    int x = fromX;
    int y = fromY;
    while (true) {
      dot(x, y, series);
      if (x == toX && y == toY) {
        return;
      }
      int twice = 2 * error;
      if (twice >= dy) {
        error += dy;
        x += stepX;
      }
      if (twice <= dx) {
        error += dx;
        y += stepY;
      }
    }
  }

  /** Puts a letter into the cell of a dot, unless another letter is there. */
  void letter(int x, int y, char letter, int series) {
    int row = rows - 1 - y / 4;
    int column = x / 2;
    if (letters[row][column] == 0) {
      letters[row][column] = letter;
      owner[row][column] = series;
    }
  }

  /** Appends one row, blanks at its end left out. */
  void print(int row, StringBuilder out, Style style) {
    int end = columns;
    while (end > 0 && owner[row][end - 1] == NOBODY) {
      end--;
    }
    int column = 0;
    while (column < end) {
      int of = owner[row][column];
      StringBuilder run = new StringBuilder();
      while (column < end && owner[row][column] == of) {
        char letter = letters[row][column];
        run.append(of == NOBODY ? ' ' : letter != 0 ? letter : (char) (0x2800 + dots[row][column]));
        column++;
      }
      out.append(of == NOBODY ? run.toString() : style.series(of, run.toString()));
    }
  }
}
