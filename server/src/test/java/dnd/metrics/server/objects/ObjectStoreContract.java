package dnd.metrics.server.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every object store must do; each implementation's test inherits it. */
abstract class ObjectStoreContract {
  private ObjectStore store;

  /** An empty store. */
  abstract ObjectStore open() throws Exception;

  @BeforeEach
  void begin() throws Exception {
    store = open();
  }

  @AfterEach
  void end() throws IOException {
    store.close();
  }

  static MemorySegment bytes(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return MemorySegment.ofArray(bytes);
  }

  private byte[] read(String name) throws IOException {
    try (InputStream in = store.read(name)) {
      return in.readAllBytes();
    }
  }

  private static byte[] arrayOf(MemorySegment content) {
    return content.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
  }

  @Test
  void whatIsPutIsReadAndListed() throws IOException {
    assertThat(store.list("")).isEmpty();
    TreeMap<String, MemorySegment> model = new TreeMap<>();
    String[] names = {"a", "b/c", "b/d/000001", "b2", "ü/x y+z%"};
    for (int i = 0; i < names.length; i++) {
      MemorySegment content = bytes(i == 0 ? 0 : 1 << (4 * i), i);
      store.put(names[i], content);
      model.put(names[i], content);
    }
    for (String name : names) {
      assertThat(read(name)).as(name).isEqualTo(arrayOf(model.get(name)));
      assertThat(store.holds(name, model.get(name))).as(name).isTrue();
    }
    assertThat(store.list(""))
        .extracting(StoredObject::name)
        .containsExactlyElementsOf(model.keySet());
    assertThat(store.list("b/"))
        .containsExactly(new StoredObject("b/c", 16), new StoredObject("b/d/000001", 256));
    assertThat(store.list("b")).hasSize(3);
    assertThat(store.list("z")).isEmpty();
  }

  @Test
  void anObjectIsReplacedAndRemoved() throws IOException {
    store.put("x/y", bytes(100, 1));
    store.put("x/y", bytes(50, 2));
    assertThat(read("x/y")).isEqualTo(arrayOf(bytes(50, 2)));
    assertThat(store.holds("x/y", bytes(50, 2))).isTrue();
    assertThat(store.holds("x/y", bytes(50, 3))).isFalse();
    assertThat(store.holds("x/y", bytes(51, 2))).isFalse();
    assertThat(store.holds("x/z", bytes(50, 2))).isFalse();
    store.delete("x/y");
    store.delete("x/y");
    assertThat(store.list("")).isEmpty();
    assertThatThrownBy(() -> store.read("x/y")).isInstanceOf(NoSuchFileException.class);
    store.put("x/y", bytes(10, 4));
    assertThat(store.list("")).containsExactly(new StoredObject("x/y", 10));
  }

  @Test
  void aLargeObjectComesBackAsItWas() throws IOException {
    MemorySegment content = bytes(20 << 20, 5);
    store.put("large", content);
    assertThat(store.holds("large", content)).isTrue();
    try (InputStream in = store.read("large")) {
      byte[] some = in.readNBytes(1000); // who reads need not read all
      assertThat(some).isEqualTo(arrayOf(content.asSlice(0, 1000)));
    }
    assertThat(read("large")).isEqualTo(arrayOf(content));
  }

  @Test
  void someOfAnObjectIsRead() throws IOException {
    MemorySegment content = bytes(100_000, 6);
    store.put("x/some", content);
    for (int[] part : new int[][] {{0, 100_000}, {0, 1}, {99_999, 1}, {12_345, 54_321}}) {
      assertThat(store.read("x/some", part[0], part[1]))
          .isEqualTo(arrayOf(content.asSlice(part[0], part[1])));
    }
    assertThatThrownBy(() -> store.read("x/some", 99_999, 2)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> store.read("x/some", 200_000, 2)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> store.read("x/other", 0, 2)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void manyObjectsAreListed() throws IOException {
    for (int i = 0; i < 1100; i++) { // more than a page of S3
      store.put("n/%04d".formatted(i), bytes(1, i));
    }
    assertThat(store.list("n/"))
        .hasSize(1100)
        .isSortedAccordingTo((a, b) -> a.name().compareTo(b.name()));
  }

  @Test
  void namesAreChecked() {
    for (String name : new String[] {"", "/a", "a/", "a//b", "../a", "a/./b"}) {
      assertThatThrownBy(() -> store.put(name, bytes(1, 1)))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
