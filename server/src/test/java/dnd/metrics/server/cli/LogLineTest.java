package dnd.metrics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogLineTest {
  private static String line(String message, @Nullable Throwable thrown) {
    LoggerContext context = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent(
            "caller", context.getLogger("dnd.metrics.server.X"), Level.WARN, message, thrown, null);
    event.setInstant(Instant.parse("2026-11-24T08:17:30.005Z"));
    event.setMDCPropertyMap(Map.of("correlation_id", "c-1"));
    return new LogLine().doLayout(event);
  }

  @Test
  void anEventIsOneLineWithTimeLevelClassMessageAndContext() {
    assertThat(line("full disk", null))
        .isEqualTo("2026-11-24T08:17:30.005Z WARN  X: full disk correlation_id=c-1\n");
  }

  @Test
  void whatWasSentCannotForgeALine() {
    assertThat(line("a\nb\r\u001b[31mc", null)).contains("a\\nb\\r?[31mc").hasLineCount(1);
  }

  @Test
  void whatWasThrownFollowsOnTheSameLineWithItsCauses() {
    String text =
        line("failed", new IllegalStateException("outer\nmore", new RuntimeException("inner")));
    assertThat(text)
        .hasLineCount(1)
        .contains("java.lang.IllegalStateException: outer\\nmore [")
        .contains(" <- java.lang.RuntimeException: inner");
  }
}
