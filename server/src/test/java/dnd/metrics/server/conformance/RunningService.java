package dnd.metrics.server.conformance;

import dnd.metrics.server.Config;
import dnd.metrics.server.Main;
import dnd.metrics.server.head.ReplayListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/** The service as it is shipped, in this process, on a free port. */
final class RunningService implements AutoCloseable {
  private final Main main;

  RunningService(Path folder) throws Exception {
    Config config = Config.defaults();
    main =
        Main.start(
            config.withHub(config.hub().withListen("127.0.0.1", 0)),
            folder,
            InstantSource.system(),
            ReplayListener.SILENT);
  }

  String url() {
    return main.hubUrl();
  }

  @Override
  public void close() throws IOException {
    main.close();
  }
}
