package dnd.metrics.server.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreTest extends ObjectStoreContract {
  @TempDir Path folder;

  @Override
  ObjectStore open() {
    return ObjectAddress.parse(folder.toUri().toString().replaceFirst("^file:/(?!/)", "file:///"))
        .open();
  }

  @Test
  void whatWasNotPutToItsEndIsNoObject() throws IOException {
    Files.createDirectories(folder.resolve("b"));
    Files.write(folder.resolve("b/index.partial"), new byte[10]);
    try (ObjectStore store = open()) {
      assertThat(store.list("")).isEmpty();
      store.put("b/index", bytes(5, 1));
      assertThat(store.list("")).containsExactly(new StoredObject("b/index", 5));
      assertThat(folder.resolve("b/index.partial")).doesNotExist();
    }
  }

  @Test
  void aFolderThatIsNotMountedIsNoEmptyStore() throws IOException {
    try (ObjectStore store = new DirectoryStore(folder.resolve("absent"))) {
      assertThatThrownBy(() -> store.list(""))
          .hasMessageContaining("the object store is not there");
      assertThatThrownBy(() -> store.put("a", bytes(1, 1)))
          .hasMessageContaining("the object store is not there");
    }
  }
}
