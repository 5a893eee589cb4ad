package dnd.metrics.server.cli;

import dnd.metrics.server.Main;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the service stops when the program gets SIGTERM, SIGINT or SIGHUP: it is closed, and the
 * program ends with exit code 0; with 1 where closing failed or took longer than 4.5 seconds.
 */
final class ServiceStop {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceStop.class);
  private static final Duration PATIENCE = Duration.ofMillis(4500);

  private final Main main;
  private final AtomicReference<AutoCloseable> first = new AtomicReference<>(() -> {});

  private ServiceStop(Main main) {
    this.main = main;
  }

  static ServiceStop onSignal(Main main) {
    ServiceStop stop = new ServiceStop(main);
    // A shutdown hook, since the JVM offers no supported way to handle signals. It ends the
    // program itself: left alone, the exit code would be 143.
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> Runtime.getRuntime().halt(stop.run())));
    return stop;
  }

  /** Has {@code closeable} closed before the service is. */
  void before(AutoCloseable closeable) {
    first.set(closeable);
  }

  private int run() {
    LOG.info("stopping");
    AtomicInteger exitCode = new AtomicInteger(ExitCode.FAILURE);
    Thread closing = Thread.ofPlatform().name("close").daemon().start(() -> exitCode.set(close()));
    try {
      if (!closing.join(PATIENCE)) {
        LOG.error("not everything was finished after {}; stopping all the same", PATIENCE);
      }
    } catch (InterruptedException e) {
      LOG.error("interrupted while stopping");
    }
    return exitCode.get();
  }

  private int close() {
    int exitCode = ExitCode.SUCCESS;
    for (AutoCloseable part : List.of(first.get(), main)) {
      try {
        part.close();
      } catch (Exception e) { // AutoCloseable allows any; the next part is closed all the same.
        LOG.error("not everything could be finished while stopping", e);
        exitCode = ExitCode.FAILURE;
      }
    }
    LOG.info("stopped");
    return exitCode;
  }
}
