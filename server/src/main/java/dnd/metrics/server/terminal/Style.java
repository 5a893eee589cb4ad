package dnd.metrics.server.terminal;

/** How text is set off: by ANSI colours, or, where there are none, not at all. */
public enum Style {
  PLAIN,
  COLORED;

  private static final int[] COLORS = {36, 33, 32, 35, 34, 31, 96, 93, 92, 95, 94, 91};

  String bold(String text) {
    return this == PLAIN ? text : "\u001b[1m" + text + "\u001b[0m";
  }

  /** Text in the colour of the series of that number. */
  String series(int number, String text) {
    return this == PLAIN
        ? text
        : "\u001b[" + COLORS[number % COLORS.length] + "m" + text + "\u001b[0m";
  }
}
