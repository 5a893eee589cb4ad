package dnd.metrics.server.cli;

import ch.qos.logback.classic.Level;

/** How much the log says. */
enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE;

  Level level() {
    return Level.toLevel(name());
  }
}
