package dnd.metrics.server.cli;

import dnd.metrics.server.terminal.Style;
import java.io.Console;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Where results are printed: always UTF-8, with colours and a width where it is a terminal. */
final class Terminal {
  private static final int USUAL_WIDTH = 80;
  private static final int USUAL_HEIGHT = 24;
  private static final int UNLIMITED = 1 << 20;

  private final PrintStream out =
      new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
  private final Map<String, String> environment = System.getenv();
  private final boolean isTerminal;

  @SuppressWarnings("SystemConsoleNull") // it is null where stdin or stdout is no terminal
  Terminal() {
    Console console = System.console();
    isTerminal = console != null && console.isTerminal();
  }

  /** Prints and lets go at once. */
  void print(String text) {
    out.print(text);
    out.flush();
  }

  /** Whether whoever reads the output has closed it. */
  boolean isClosed() {
    return out.checkError();
  }

  Style style() {
    boolean plain =
        !isTerminal
            || !environment.getOrDefault("NO_COLOR", "").isEmpty()
            || environment.getOrDefault("TERM", "").equals("dumb");
    return plain ? Style.PLAIN : Style.COLORED;
  }

  /** Characters of a line: COLUMNS, else the terminal's own, else without limit. */
  int tableWidth() {
    int width = width();
    return width > 0 ? width : UNLIMITED;
  }

  /** Characters of a line for what needs a width. */
  int graphWidth() {
    int width = width();
    return width > 0 ? width : USUAL_WIDTH;
  }

  private int width() {
    try {
      return Integer.parseInt(environment.getOrDefault("COLUMNS", "").strip());
    } catch (NumberFormatException e) {
      return isTerminal ? terminalWidth() : 0;
    }
  }

  /** Whether a person looks at it, for whom it may be drawn anew. */
  boolean isInteractive() {
    return isTerminal && !environment.getOrDefault("TERM", "").equals("dumb");
  }

  /** Lines of the terminal: LINES, else its own, else the usual 24. */
  int height() {
    try {
      return Integer.parseInt(environment.getOrDefault("LINES", "").strip());
    } catch (NumberFormatException e) {
      int[] size = isTerminal ? terminalSize() : new int[0];
      return size.length == 2 && size[0] > 0 ? size[0] : USUAL_HEIGHT;
    }
  }

  private static int terminalWidth() {
    int[] size = terminalSize();
    return size.length == 2 ? size[1] : 0;
  }

  /**
   * Lines and columns, or nothing. Asks stty, which knows the size of the terminal that it is given
   * as input.
   */
  private static int[] terminalSize() {
    try {
      Process stty = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty")).start();
      if (!stty.waitFor(1, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        return new int[0];
      }
      String[] size =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
              .strip()
              .split(" ");
      return size.length == 2
          ? new int[] {Integer.parseInt(size[0]), Integer.parseInt(size[1])}
          : new int[0];
    } catch (IOException | NumberFormatException e) {
      return new int[0]; // no stty, no terminal: the usual size does
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new int[0];
    }
  }
}
