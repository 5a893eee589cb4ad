package dnd.metrics.server.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3StoreTest extends ObjectStoreContract {
  @TempDir static Path folder;
  private static S3Server server;
  private static int opened;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = S3Server.start(folder);
    System.setProperty("aws.accessKeyId", S3Server.ACCESS_KEY);
    System.setProperty("aws.secretAccessKey", S3Server.SECRET_KEY);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    if (server != null) {
      server.close();
    }
  }

  @Override
  ObjectStore open() {
    return server.address("test-" + System.nanoTime() + "-" + opened++).open();
  }

  @Test
  void aStoreThatIsAwayIsAnErrorThatNamesIt() throws IOException {
    try (ObjectStore store =
        ObjectAddress.parse("s3://metrics/x?endpoint=http://127.0.0.1:1").open()) {
      assertThatThrownBy(() -> store.list(""))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("s3://metrics/x?endpoint=http://127.0.0.1:1");
      assertThatThrownBy(() -> store.put("a", bytes(10, 1))).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aBucketThatIsNotThereIsAnError() throws IOException {
    String address = server.address("x").toString().replace("s3://metrics", "s3://absent");
    try (ObjectStore store = ObjectAddress.parse(address).open()) {
      assertThatThrownBy(() -> store.list("")).isInstanceOf(IOException.class);
      assertThat(store.describe()).startsWith("s3://absent/x");
    }
  }
}
