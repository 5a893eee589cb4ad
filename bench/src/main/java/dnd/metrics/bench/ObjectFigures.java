package dnd.metrics.bench;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * What the service says of its object store in {@code metrics.status}, since its start.
 *
 * @param isKnown whether it was looked what is there
 */
record ObjectFigures(boolean isKnown, long uploadedBlocks, long fetchedBytes, long cacheBytes) {
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  static ObjectFigures of(URI hub) throws IOException, InterruptedException {
    JsonNode objects =
        HubRequest.ask(hub, "cli", "metrics.status", Map.of()).path("result").path("objects");
    return new ObjectFigures(
        objects.path("state").asString("").equals("available"),
        objects.path("uploaded_blocks").asLong(),
        objects.path("fetched_bytes").asLong(),
        objects.path("cache_bytes").asLong());
  }

  /** Waits until the service knows after its start what is in the store: it can be read then. */
  static void awaitKnown(URI hub) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!of(hub).isKnown()) {
      if (System.nanoTime() > deadline) {
        throw new IOException("what is in the object store is not known a minute after the start");
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }
}
