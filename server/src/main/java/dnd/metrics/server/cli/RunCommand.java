package dnd.metrics.server.cli;

import dnd.metrics.server.Config;
import dnd.metrics.server.ConfigPrinter;
import dnd.metrics.server.ConfigReader;
import dnd.metrics.server.ConfigReference;
import dnd.metrics.server.ListenAddress;
import dnd.metrics.server.Main;
import dnd.metrics.server.demo.Demo;
import dnd.metrics.server.demo.HubAccess;
import dnd.metrics.server.hub.embedded.HubStartException;
import dnd.metrics.server.yaml.YamlException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code run}: the service itself, until SIGTERM or SIGINT. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the metrics service with its embedded Message Hub, which speaks the NATS protocol.",
      "",
      "Stops at SIGTERM and SIGINT (Ctrl-C): takes in no more, finishes what is in flight, and"
          + " exits with 0 within 5 seconds."
    })
final class RunCommand implements Callable<Integer> {
  private static final long DEMO_SEED = 20;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "dnd-metrics-data",
      description = "Where everything that must last is kept (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("dnd-metrics-data");

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      converter = ListenAddressConverter.class,
      description = "Where the hub listens (default: 127.0.0.1:4222); port 0 takes any free one.")
  private @Nullable ListenAddress listen;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings in YAML; docs/operations.md is the reference.")
  private @Nullable Path config;

  @Option(
      names = "--demo",
      description = {
        "Also start simulated services of a D&D platform, and the sender 'host' with this machine's"
            + " figures, all of them clients of the hub."
      })
  private boolean demo;

  @Option(
      names = "--print-config",
      description = "Print every setting as YAML, secrets masked, and exit.")
  private boolean printConfig;

  @Option(
      names = "--config-reference",
      description = "Print what can be set, with defaults, as a table in Markdown, and exit.")
  private boolean configReference;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      defaultValue = "info",
      description = "error, warn, info, debug or trace, on stderr (default: ${DEFAULT-VALUE}).")
  private LogLevel logLevel = LogLevel.INFO;

  /** Reads {@code HOST:PORT}. */
  static final class ListenAddressConverter implements ITypeConverter<ListenAddress> {
    @Override
    public ListenAddress convert(String text) {
      try {
        return ListenAddress.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  @Override
  public Integer call() throws CommandFailedException, InterruptedException {
    if (configReference) {
      System.out.print(ConfigReference.markdown());
      return ExitCode.SUCCESS;
    }
    Config settings = settings();
    if (printConfig) {
      System.out.print(ConfigPrinter.print(settings));
      return ExitCode.SUCCESS;
    }
    StandardErrorLog.show(logLevel);
    long startedNanos = System.nanoTime();
    Main main = start(settings);
    long tookMillis = (System.nanoTime() - startedNanos) / 1_000_000;
    ServiceStop stop = ServiceStop.onSignal(main);
    Path folder = data.toAbsolutePath().normalize();
    System.out.print(Banner.text(main, settings, folder, tookMillis, demo));
    System.out.flush();
    if (demo) {
      stop.before(startDemo(main, settings));
    }
    new CountDownLatch(1).await(); // ServiceStop ends the program.
    return ExitCode.SUCCESS;
  }

  private Config settings() throws CommandFailedException {
    Config settings = Config.defaults();
    if (config != null) {
      try {
        settings = new ConfigReader(System.getenv()).read(config);
      } catch (YamlException e) {
        throw new CommandFailedException(String.valueOf(e.getMessage()), e);
      } catch (NoSuchFileException e) {
        throw new CommandFailedException("there is no file " + config, e);
      } catch (IOException e) {
        throw new CommandFailedException("cannot read " + config + ": " + e, e);
      }
    }
    return listen == null
        ? settings
        : settings.withHub(settings.hub().withListen(listen.host(), listen.port()));
  }

  private static Demo startDemo(Main main, Config settings)
      throws CommandFailedException, InterruptedException {
    boolean nothingYet = main.status().series() == 0;
    try {
      HubAccess access = DemoAccess.of(main.hubUrl(), settings.hub());
      return Demo.start(access, DEMO_SEED, nothingYet, InstantSource.system());
    } catch (IOException e) {
      throw new CommandFailedException("the demo cannot connect to the hub: " + e.getMessage(), e);
    }
  }

  private Main start(Config settings) throws CommandFailedException {
    try {
      return Main.start(settings, data, InstantSource.system(), new ReplayProgress(System.err));
    } catch (HubStartException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandFailedException(DataFolderError.describe(data, e), e);
    }
  }
}
