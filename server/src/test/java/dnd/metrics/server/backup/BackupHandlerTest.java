package dnd.metrics.server.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.events.EventTypes;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.disk.Portions;
import dnd.metrics.server.hub.RecordingHub;
import dnd.metrics.server.request.Requests;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A backup while the service stops. */
class BackupHandlerTest {
  private static final Ulid BLOCK = Ulid.of(1, new Random(1));
  private static final String REQUEST =
      "{\"type\":\"metrics.backup\",\"data\":{\"action\":\"create\"}}";

  @TempDir Path root;
  private final RecordingHub hub = new RecordingHub(4096);

  @Test
  void aBackupThatIsBeingMadeEndsWhenTheServiceStops() throws Exception {
    Path chunks = Files.createDirectories(root.resolve("from").resolve(BLOCK + "/chunks"));
    try (RandomAccessFile file = new RandomAccessFile(chunks.resolve("000001").toFile(), "rw")) {
      file.setLength(20L * Portions.BYTES);
    }
    CountDownLatch copying = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    AtomicReference<IOException> ended = new AtomicReference<>();
    DiskPace pace =
        new DiskPace(() -> {
          copying.countDown();
          awaitUninterruptibly(stopped);
          return true;
        });
    BackupHandler handler =
        new BackupHandler(() -> {
          try {
            BlockCopy.run(root.resolve("from"), () -> List.of(BLOCK), root.resolve("to"), pace);
            throw new AssertionError("it was copied to the end");
          } catch (IOException e) {
            ended.set(e);
            throw e;
          }
        });
    try (Requests requests = new Requests(hub, InstantSource.system(), "backup-test")) {
      requests.subscribe(EventTypes.METRICS_BACKUP, EventTypes.METRICS_RESULT, handler);
      hub.deliver("ops.metrics.backup", "inbox", REQUEST);
      hub.deliver("ops.metrics.backup", "inbox", REQUEST);
      copying.await();
      handler.stop();
      stopped.countDown();
      assertThat(code(hub.next().data())).isEqualTo("shutting_down");
      assertThat(code(hub.next().data())).as("the one that waited").isEqualTo("shutting_down");
      assertThat(ended.get()).isInstanceOf(ClosedByInterruptException.class);
    }
  }

  private static String code(JsonNode data) {
    return data.get("code").stringValue();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void oneThatFailsSaysWhyAndTheNextIsMade() throws Exception {
    BackupHandler handler =
        new BackupHandler(() -> {
          throw new BackupException("the disk is full");
        });
    try (Requests requests = new Requests(hub, InstantSource.system(), "backup-test")) {
      requests.subscribe(EventTypes.METRICS_BACKUP, EventTypes.METRICS_RESULT, handler);
      for (int i = 0; i < 2; i++) {
        hub.deliver("ops.metrics.backup", "inbox", REQUEST);
        JsonNode refused = hub.next().data();
        assertThat(code(refused)).isEqualTo("storage_unavailable");
        assertThat(refused.get("error").stringValue())
            .isEqualTo("no backup was made: the disk is full");
      }
    }
  }
}
