package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class CheckpointBytesTest {
  private static RoaringBitmap random(Random random, int count, int bound) {
    RoaringBitmap numbers = new RoaringBitmap();
    for (int left = count; left > 0; ) {
      left -= numbers.checkedAdd(random.nextInt(bound)) ? 1 : 0;
    }
    return numbers;
  }

  @Test
  void setsOfNumbersComeBack() {
    Random random = new Random(1);
    CheckpointBytes out = new CheckpointBytes();
    for (int count : new int[] {0, 1, 2, 63, 64, 65, 5_000, 100_000}) {
      for (int bound : new int[] {Math.max(1, count), 1_000_000, Integer.MAX_VALUE}) {
        RoaringBitmap numbers = random(random, count, bound);
        numbers.runOptimize();
        out.clear();
        out.unsigned(7);
        out.numbers(numbers);
        out.signed(-7);
        ByteBuffer body = out.content();
        CheckpointCursor in = CheckpointCursor.of(body);
        assertThat(in.unsigned()).isEqualTo(7);
        assertThat(in.numbers()).as("%d below %d", count, bound).isEqualTo(numbers);
        assertThat(in.signed()).isEqualTo(-7);
        assertThat(in.hasMore()).isFalse();
      }
    }
  }

  /** The form of few, and the beginning of the form of many. */
  @Test
  void theFormsOfSetsStay() {
    CheckpointBytes out = new CheckpointBytes();
    out.numbers(RoaringBitmap.bitmapOf(3, 5, 300));
    assertThat(CheckpointCursor.of(out.content()).block())
        .isEqualTo(new byte[] {3, 2, (byte) 0xa7});
    out.clear();
    RoaringBitmap many = new RoaringBitmap();
    many.add(0L, 64L);
    many.runOptimize();
    out.numbers(many);
    CheckpointCursor in = CheckpointCursor.of(out.content());
    assertThat(in.unsigned()).isZero();
    assertThat(in.block())
        .as("one run container, key 0: cookie, is it runs, key, cardinality, runs, first, length")
        .isEqualTo(new byte[] {0x3b, 0x30, 0, 0, 1, 0, 0, 63, 0, 1, 0, 0, 0, 63, 0});
  }
}
