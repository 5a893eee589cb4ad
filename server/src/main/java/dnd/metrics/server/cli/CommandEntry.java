package dnd.metrics.server.cli;

import java.util.function.Supplier;

/**
 * A command of the program by name. Its picocli object is made only when the command is called, so
 * that {@code query} does not pay for the classes of {@code run}.
 *
 * @param name what it is called on the command line
 * @param summary one line for the list of commands
 * @param maker makes the annotated picocli command; the result of what runs is the exit code
 */
record CommandEntry(String name, String summary, Supplier<Object> maker) {
  CommandEntry {
    if (!name.matches("[a-z]+(-[a-z]+)*")) {
      throw new IllegalArgumentException("not a command name: " + name);
    }
  }
}
