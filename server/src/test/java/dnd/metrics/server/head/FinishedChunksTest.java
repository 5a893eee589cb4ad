package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FinishedChunksTest {
  private static ChunkPlace chunk(long first, long last) {
    return new GrowingChunkFile(byte[]::new).add(first, last, 1, new byte[] {0, 2, 3});
  }

  private static FinishedChunks random(Random random, int count) {
    FinishedChunks.Builder all = new FinishedChunks.Builder();
    long time = 1_000;
    ChunkFile file = new ChunkFile(7, MemorySegment.ofArray(new byte[400]));
    for (int i = 0; i < count; i++) {
      time += 1 + random.nextInt(100);
      if (i < count - 1 && random.nextBoolean()) {
        all.add(time, file, i);
      } else {
        all.add(time, chunk(time, time + 5));
      }
      time += 5;
    }
    return all.build();
  }

  @Test
  void theFirstOneForATimeIsFound() {
    Random random = new Random(1);
    for (int count = 0; count < 40; count++) {
      FinishedChunks all = random(random, count);
      for (long millis = 900; millis < 1_100 + count * 110L; millis++) {
        int begins = 0;
        while (begins < count && all.firstMillis(begins) < millis) {
          begins++;
        }
        assertThat(all.firstBeginning(millis)).isEqualTo(begins);
        int from = all.firstFrom(millis);
        if (all.lastMillis() < millis) {
          assertThat(from).isEqualTo(count);
        } else {
          boolean here = begins < count && all.firstMillis(begins) == millis;
          assertThat(from)
              .as("%d of %d", millis, count)
              .isEqualTo(here ? begins : Math.max(0, begins - 1));
        }
      }
    }
  }

  @Test
  void aPartIsAsTheWholeIs() {
    Random random = new Random(2);
    for (int count = 0; count < 20; count++) {
      FinishedChunks all = random(random, count);
      for (int from = 0; from <= count; from++) {
        FinishedChunks some = all.range(from, count);
        assertThat(some.size()).isEqualTo(count - from);
        for (int i = from; i < count; i++) {
          assertThat(some.firstMillis(i - from)).isEqualTo(all.firstMillis(i));
        }
        FinishedChunks more = some.plus(1_000_000, 1_000_001, chunk(1_000_000, 1_000_001));
        assertThat(more.size()).isEqualTo(some.size() + 1);
        assertThat(more.firstMillis(some.size())).isEqualTo(1_000_000);
        assertThat(more.lastMillis()).isEqualTo(1_000_001);
      }
    }
  }

  /** One on the heap, one in a file. */
  @Test
  void theFormInCheckpointsStays() {
    FinishedChunks.Builder both = new FinishedChunks.Builder();
    both.add(1_000, chunk(1_000, 2_000));
    both.add(61_000, new ChunkFile(7, MemorySegment.ofArray(new byte[400])), 300);
    CheckpointBytes out = new CheckpointBytes();
    ChunkFileUses uses = new ChunkFileUses();
    both.build().write(out, uses);
    byte[] bytes = new byte[out.size()];
    out.content().get(bytes);
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo("02" + "d00f" + "01" + "e807" + "03000203" + "e0d403" + "00" + "07" + "ac02");
    assertThat(uses.all()).containsExactly(new ChunkFileUse(7, 400, 1));
    out.clear();
    uses.write(out);
    bytes = new byte[out.size()];
    out.content().get(bytes);
    assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("01" + "07" + "9003" + "01");
  }
}
