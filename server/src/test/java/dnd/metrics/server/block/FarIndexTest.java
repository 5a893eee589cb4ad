package dnd.metrics.server.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Labels;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

/** An index whose bytes come from far away, and not each time as they are. */
class FarIndexTest {
  private static final long MIN = 7_200_000;
  private static final int SERIES = 5000;

  private final MemoryBlockFiles files = new MemoryBlockFiles();

  /** Has a bit of one byte turned whenever that is read after the first so many times. */
  private final class FickleFiles implements FarBlockFiles {
    private long at = -1;
    private int right;
    private int forgotten;

    void turnBit(long offset, int rightReads) {
      at = offset;
      right = rightReads;
    }

    @Override
    public byte[] read(String path, long offset, int length) throws IOException {
      byte[] all = files.contentOf(path);
      byte[] some =
          Arrays.copyOfRange(all, (int) offset, Math.min(all.length, (int) offset + length));
      if (offset <= at && at < offset + some.length && --right < 0) {
        some[(int) (at - offset)] ^= 1;
      }
      return some;
    }

    @Override
    public void forget(String path) {
      forgotten++;
    }

    @Override
    public List<String> list(String folder) throws IOException {
      return files.list(folder);
    }

    @Override
    public long byteSize(String path) throws IOException {
      return files.byteSize(path);
    }

    @Override
    public MemorySegment map(String path, Arena arena) {
      throw new UnsupportedOperationException(path);
    }

    @Override
    public String describe(String path) {
      return path;
    }
  }

  private String writeBlock() throws IOException {
    TreeMap<Labels, SampleList> model = new TreeMap<>();
    for (int i = 0; i < SERIES; i++) {
      model.put(
          Labels.of("__name__", "m", "i", "" + i),
          new SampleList(List.of(new SampleList.Sample(MIN + i, i, null))));
    }
    BlockMeta meta = BlockMeta.ofHead(Ulid.of(MIN, new Random(9)), MIN, 2 * MIN);
    new BlockWriter(files).write(meta, new ModelCursor(model));
    return meta.ulid() + "/index";
  }

  private static RoaringBitmap postings(IndexFile index, long list) {
    RoaringBitmap series = new RoaringBitmap();
    index.addPostings(list, series);
    return series;
  }

  @Test
  void noSeriesIsTakenFromBytesThatWereNotChecked() throws IOException {
    String path = writeBlock();
    FickleFiles far = new FickleFiles();
    IndexFile index = new IndexFile(new FarBytes(far, path, path, far.byteSize(path)));
    long list = index.postings().find("__name__", "m");
    assertThat(index.countPostings(list)).isEqualTo(SERIES);
    RoaringBitmap right = postings(index, list);
    assertThat(right.getCardinality()).isEqualTo(SERIES);

    long last = list + 8 + 4L * SERIES - 1;
    far.turnBit(last, 1);
    assertThat(postings(index, list)).as("read once").isEqualTo(right);
    assertThat(far.forgotten).isZero();

    far.turnBit(last, 0);
    assertThatThrownBy(() -> postings(index, list))
        .isInstanceOf(DamagedBlockException.class)
        .hasMessageContaining("the checksum of a list of series is wrong");
    assertThat(far.forgotten).as("it is asked for once more").isEqualTo(1);
  }
}
