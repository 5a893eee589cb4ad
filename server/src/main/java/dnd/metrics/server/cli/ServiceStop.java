package dnd.metrics.server.cli;

import dnd.metrics.server.Main;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the service stops when the program gets SIGTERM, SIGINT or SIGHUP: it is closed, and the
 * program ends with exit code 0; with 1 where closing failed or took longer than 4.5 seconds.
 */
final class ServiceStop {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceStop.class);
  private static final Duration PATIENCE = Duration.ofMillis(4500);

  private ServiceStop() {}

  /** Whatever {@code closing} does comes first, then {@code main} is closed. */
  static void onSignal(Main main) {
    // A shutdown hook, since the JVM offers no supported way to handle signals. It ends the
    // program itself: left alone, the exit code would be 143.
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(stop(main)), "stop"));
  }

  private static int stop(Main main) {
    LOG.info("stopping");
    int[] exitCode = {ExitCode.FAILURE};
    Thread closing = new Thread(() -> exitCode[0] = close(main), "close");
    closing.setDaemon(true);
    closing.start();
    try {
      if (!closing.join(PATIENCE)) {
        LOG.error(
            "not everything was finished after {} ms; stopping all the same", PATIENCE.toMillis());
        return ExitCode.FAILURE;
      }
    } catch (InterruptedException e) {
      LOG.error("interrupted while stopping");
      return ExitCode.FAILURE;
    }
    return exitCode[0];
  }

  private static int close(Main main) {
    try {
      main.close();
      LOG.info("stopped");
      return ExitCode.SUCCESS;
    } catch (IOException | RuntimeException e) {
      LOG.error("not everything could be written while stopping", e);
      return ExitCode.FAILURE;
    }
  }
}
