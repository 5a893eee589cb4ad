package dnd.metrics.server.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/**
 * One event of the log as one line: time (UTC), level, the class that speaks, the message, and what
 * is known of the context as {@code key=value} ({@code correlation_id}). What was thrown follows on
 * the same line, causes after {@code <-}, with the topmost frames in brackets.
 */
final class LogLine extends LayoutBase<ILoggingEvent> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final int MOST_FRAMES = 12;
  private static final int MOST_CAUSES = 8;

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    line.append(' ').append(event.getLevel());
    if (event.getLevel().equals(Level.INFO) || event.getLevel().equals(Level.WARN)) {
      line.append(' ');
    }
    String logger = event.getLoggerName();
    line.append(' ').append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(": ");
    appendOnOneLine(line, event.getFormattedMessage());
    for (Map.Entry<String, String> context : event.getMDCPropertyMap().entrySet()) {
      line.append(' ').append(context.getKey()).append('=');
      appendOnOneLine(line, context.getValue());
    }
    String before = ": ";
    IThrowableProxy thrown = event.getThrowableProxy();
    for (int i = 0; thrown != null && i < MOST_CAUSES; i++) {
      appendThrown(line.append(before), thrown);
      before = " <- ";
      thrown = thrown.getCause();
    }
    return line.append('\n').toString();
  }

  private static void appendThrown(StringBuilder line, IThrowableProxy thrown) {
    line.append(thrown.getClassName());
    if (thrown.getMessage() != null) {
      appendOnOneLine(line.append(": "), thrown.getMessage());
    }
    StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
    int shown = Math.min(MOST_FRAMES, frames.length - thrown.getCommonFrames());
    for (int i = 0; i < shown; i++) {
      line.append(i == 0 ? " [" : ", ").append(frames[i].getStackTraceElement());
    }
    if (shown > 0) {
      line.append(']');
    }
  }

  private static void appendOnOneLine(StringBuilder line, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        default -> line.append(c < ' ' && c != '\t' ? '?' : c);
      }
    }
  }
}
