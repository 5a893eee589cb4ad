package dnd.metrics.server.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

/** A list that grows beyond every size of its tail, and loses numbers, against a plain bitmap. */
class PostingListTest {
  private static final int NUMBERS = 700_000;

  @Test
  void holdsWhatAPlainBitmapHolds() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    PostingList list = new PostingList();
    RoaringBitmap model = new RoaringBitmap();
    int nextCheck = 1;
    int number = -1;
    for (int i = 0; i < NUMBERS; i++) {
      number += random.nextInt(16) == 0 ? 1 + random.nextInt(9) : 1;
      list.add(number);
      model.add(number);
      if (i == nextCheck) {
        check(list, model, random, seed);
        nextCheck = Math.min(2 * i, i + 1 + random.nextInt(40_000)) + 1;
      }
      if (random.nextInt(60_000) == 0) {
        RoaringBitmap gone = some(number, random);
        model.andNot(gone);
        assertThat(list.removeAll(gone)).as("seed %d", seed).isEqualTo(model.isEmpty());
      }
    }
    check(list, model, random, seed);
    assertThat(list.removeAll(model)).isTrue();
    assertThat(list.toBitmap().isEmpty()).isTrue();
  }

  private static RoaringBitmap some(int last, Random random) {
    RoaringBitmap some = new RoaringBitmap();
    int from = random.nextInt(last + 1);
    some.add((long) from, from + 1L + random.nextInt(20_000));
    for (int i = random.nextInt(50); i > 0; i--) {
      some.add(random.nextInt(last + 1));
    }
    return some;
  }

  private static void check(PostingList list, RoaringBitmap model, Random random, long seed) {
    String why = "seed " + seed + ", " + model.getCardinality() + " numbers";
    assertThat(list.toBitmap()).as(why).isEqualTo(model);
    assertThat(list.size()).as(why).isEqualTo(model.getLongCardinality());
    assertThat(list.last()).as(why).isEqualTo(model.isEmpty() ? -1 : model.last());
    RoaringBitmap added = RoaringBitmap.bitmapOf(1, 2, 3);
    list.addTo(added);
    assertThat(added).as(why).isEqualTo(RoaringBitmap.or(model, RoaringBitmap.bitmapOf(1, 2, 3)));
    int end = model.isEmpty() ? 10 : model.last() + 10;
    for (int i = 0; i < 200; i++) {
      int asked = random.nextInt(end);
      assertThat(list.contains(asked)).as("%s: %d", why, asked).isEqualTo(model.contains(asked));
      RoaringBitmap one = RoaringBitmap.bitmapOf(asked);
      assertThat(list.intersects(one)).as("%s: %d", why, asked).isEqualTo(model.contains(asked));
    }
  }
}
