package dnd.metrics.server.storage;

import static dnd.metrics.server.storage.CachedPieces.PIECE_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.Ulid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CachedPiecesTest {
  private static final Ulid BLOCK = Ulid.of(1, new Random(5));
  private static final long FILE_BYTES = 8L * PIECE_BYTES;

  private final MemoryBlockFiles disk = new MemoryBlockFiles();
  private final CachedPieces pieces = new CachedPieces(disk, FILE_BYTES, 100);
  private final StoredFile stored = new StoredFile();

  @BeforeEach
  void makeFolder() throws IOException {
    disk.createFolder(BLOCK.toString());
  }

  /** A file whose bytes are the numbers of their pieces. */
  private static final class StoredFile implements CachedPieces.Source {
    final List<String> fetched = new ArrayList<>();
    boolean isAway;
    long wrong = -1;

    @Override
    public byte[] fetch(long offset, int length) throws IOException {
      fetched.add(length / PIECE_BYTES + " from " + offset / PIECE_BYTES);
      if (isAway) {
        throw new IOException("the store is away");
      }
      byte[] bytes = new byte[length];
      for (int i = 0; i < length; i++) {
        bytes[i] = (byte) ((offset + i) / PIECE_BYTES);
      }
      return bytes;
    }

    @Override
    public void check(long number, byte[] bytes, int start, int length) throws IOException {
      if (number == wrong) {
        throw new IOException("piece " + number + " came wrong");
      }
    }
  }

  private void read(int number) throws IOException {
    byte[] some = new byte[3];
    pieces.read(BLOCK, "index", FILE_BYTES, (long) number * PIECE_BYTES + 7, some, stored);
    byte expected = (byte) number;
    assertThat(some).containsExactly(expected, expected, expected);
  }

  @Test
  void whereThePieceBeforeIsHereTheNextComesToo() throws IOException {
    read(2);
    read(3);
    read(4);
    assertThat(stored.fetched).containsExactly("1 from 2", "2 from 3");
  }

  @Test
  void whatCouldNotBeFetchedIsNotHere() throws IOException {
    stored.isAway = true;
    assertThatThrownBy(() -> read(2)).hasMessage("the store is away");
    stored.isAway = false;
    read(3);
    read(2);
    assertThat(stored.fetched).containsExactly("1 from 2", "1 from 3", "1 from 2");
  }

  @Test
  void whatCameWrongIsNotHereNorWhatCameWithIt() throws IOException {
    read(2);
    stored.wrong = 4;
    assertThatThrownBy(() -> read(3)).hasMessage("piece 4 came wrong");
    stored.wrong = -1;
    read(4);
    read(3);
    assertThat(stored.fetched).containsExactly("1 from 2", "2 from 3", "1 from 4", "1 from 3");
  }

  @Test
  void whatCouldNotBeWrittenIsNotHereAndTakesNoRoom() throws IOException {
    disk.failAfter(2, "No space left on device", false);
    assertThatThrownBy(() -> read(2)).hasMessage("No space left on device");
    assertThat(disk.list(BLOCK.toString())).isEmpty();
    assertThat(pieces.usedBytes()).isZero();
    read(3);
    assertThat(stored.fetched).containsExactly("1 from 2", "1 from 3");
    assertThat(pieces.usedBytes()).isEqualTo(PIECE_BYTES);
  }
}
