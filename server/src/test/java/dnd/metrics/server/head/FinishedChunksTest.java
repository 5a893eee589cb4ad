package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.wal.MemoryLogFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FinishedChunksTest {
  private static final long RANGE = HeadSeries.RANGE_MILLIS;

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
    return all.build(new ChunkStore(new MemoryLogFiles()), 0); // the last one is in no file
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

  /** Beyond 49 days, four bytes do not say how far a chunk is behind the first one. */
  @Test
  void theyMayBeFarApart() {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      List<Long> begins = new ArrayList<>();
      FinishedChunks all = FinishedChunks.NONE;
      long time = -(random.nextLong() >>> 20);
      for (int i = 0; i < 12; i++) {
        time += 1 + (random.nextLong() >>> (27 + random.nextInt(30)));
        begins.add(time);
        all = all.plus(time, time + 5, chunk(time, time + 5));
        time += 5;
      }
      for (int from = 0; from <= begins.size(); from++) {
        FinishedChunks some = all.withoutFirst(from);
        assertThat(begins(some)).as("seed %d", seed).isEqualTo(begins.subList(from, 12));
        for (int to = from; to < begins.size(); to++) {
          FinishedChunks part = some.before(begins.get(to));
          assertThat(begins(part)).as("seed %d", seed).isEqualTo(begins.subList(from, to));
        }
      }
      for (int i = 0; i < begins.size(); i++) {
        assertThat(all.firstBeginning(begins.get(i))).isEqualTo(i);
        assertThat(all.firstFrom(begins.get(i) + 3)).isEqualTo(i);
      }
    }
  }

  private static List<Long> begins(FinishedChunks chunks) {
    List<Long> begins = new ArrayList<>();
    for (int i = 0; i < chunks.size(); i++) {
      begins.add(chunks.firstMillis(i));
    }
    return begins;
  }

  @Test
  void aPartIsAsTheWholeIs() {
    Random random = new Random(2);
    for (int count = 0; count < 20; count++) {
      FinishedChunks all = random(random, count);
      for (int from = 0; from <= count; from++) {
        FinishedChunks some = all.withoutFirst(from);
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
    both.build(61_500).write(out, uses);
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

  private record Known(long first, long last, ChunkPlace place) {}

  /** Lists and what is at hand are, together, the chunks that were added and not taken away. */
  @Test
  void withListsTheyAreTheSame() throws IOException {
    for (int seed = 0; seed < Integer.getInteger("fault.seeds", 40); seed++) {
      String as = "seed " + seed;
      Random random = new Random(seed);
      ChunkStore store = new ChunkStore(new MemoryLogFiles());
      CheckpointBytes room = new CheckpointBytes();
      List<Known> model = new ArrayList<>();
      FinishedChunks all = FinishedChunks.NONE;
      int lists = 0;
      long end = 0;
      for (int step = 0; step < 400; step++) {
        switch (random.nextInt(12)) {
          case 0 -> {
            store.endFile();
            store.store(DiskPace.UNPACED, () -> false);
          }
          case 1, 2 -> {
            int listed = all.listedCount();
            all =
                all.list(
                    1 + random.nextInt(4), 1 + random.nextInt(8), store, room, new ChunkFileUses());
            lists += all.listedCount() > listed ? 1 : 0;
          }
          case 3 -> {
            long cut = Math.floorDiv(end, RANGE) * RANGE - random.nextInt(2) * RANGE;
            if (random.nextInt(4) == 0) {
              FinishedChunks before = all.before(cut);
              List<Known> gone = model.stream().filter(c -> c.first < cut).toList();
              same(as, gone, before.all(store));
              assertThat(before.count(cut - RANGE, cut))
                  .as(as)
                  .isEqualTo((int) gone.stream().filter(c -> c.first >= cut - RANGE).count());
              assertThat(all.firstMillisFrom(cut))
                  .as(as)
                  .isEqualTo(
                      model.stream()
                          .mapToLong(Known::first)
                          .filter(first -> first >= cut)
                          .min()
                          .orElse(Long.MAX_VALUE));
              release(all.all(store), gone.size());
              all.releaseLists(gone.size());
              all = all.withoutFirst(gone.size());
              model.removeAll(gone);
            }
          }
          case 4 -> {
            long from = end - random.nextLong(6 * RANGE);
            long to = from + random.nextLong(2 * RANGE);
            FinishedChunks wanted = all.between(from, to, store);
            assertThat(wanted).isNotNull();
            List<Long> begins = new ArrayList<>();
            for (int i = wanted.firstFrom(from); i < wanted.size(); i++) {
              begins.add(wanted.firstMillis(i));
            }
            assertThat(begins)
                .as(as)
                .containsAll(
                    model.stream()
                        .filter(c -> c.last >= from && c.first <= to)
                        .map(Known::first)
                        .toList());
            assertThat(wanted.lastMillis()).as(as).isEqualTo(all.lastMillis());
          }
          default -> {
            long first = end + 1 + random.nextInt(900_000);
            long last =
                Math.min(
                    first + random.nextInt(900_000), (Math.floorDiv(first, RANGE) + 1) * RANGE - 1);
            ChunkPlace place = store.add(first, last, 1, new byte[] {0, 2, (byte) step});
            all = all.plus(first, last, place);
            model.add(new Known(first, last, place));
            end = last;
          }
        }
        assertThat(all.isEmpty()).as(as).isEqualTo(model.isEmpty());
        if (!model.isEmpty()) {
          assertThat(all.earliestMillis()).as(as).isEqualTo(model.getFirst().first);
          assertThat(all.lastMillis()).as(as).isEqualTo(model.getLast().last);
          assertThat(all.size()).as(as + ": at hand").isPositive();
        }
        same(as, model, all.all(store));
      }
      assertThat(lists).as(as).isPositive();
      release(all.all(store), model.size());
      all.releaseLists();
      store.endFile();
      store.store(DiskPace.UNPACED, () -> false);
      store.removeUnused();
      assertThat(store.fileCount()).as(as + ": no chunk and no list is in use").isZero();
    }
  }

  private static void release(FinishedChunks atHand, int count) {
    for (int i = 0; i < count; i++) {
      atHand.release(i);
    }
  }

  private static void same(String as, List<Known> model, FinishedChunks atHand) {
    assertThat(atHand.size()).as(as).isEqualTo(model.size());
    for (int i = 0; i < model.size(); i++) {
      Known known = model.get(i);
      assertThat(atHand.firstMillis(i)).as(as).isEqualTo(known.first);
      assertThat(atHand.lastMillis(i)).as(as).isEqualTo(known.last);
      assertThat(atHand.encoded(i).data().toArray(ValueLayout.JAVA_BYTE))
          .as(as)
          .isEqualTo(known.place.file().bytes(known.place.offset()));
    }
  }

  /** Where there is no memory all stays at hand, and no file is used for ever. */
  @Test
  void withoutMemoryAllStaysAtHand() throws IOException {
    boolean[] none = {false};
    ChunkStore store =
        new ChunkStore(
            new MemoryLogFiles(),
            bytes -> {
              if (none[0]) {
                throw new OutOfMemoryError("as if");
              }
              return new byte[bytes];
            });
    FinishedChunks all = FinishedChunks.NONE;
    for (int i = 0; i < 20; i++) {
      long time = 1_000L * i;
      all = all.plus(time, time + 500, store.add(time, time + 500, 1, new byte[20]));
    }
    store.endFile();
    store.store(DiskPace.UNPACED, () -> false);
    FinishedChunks before = all;
    CheckpointBytes room = new CheckpointBytes();
    int head = ChunkFile.HEADER_BYTES + ChunkFile.CHUNK_HEAD_BYTES;
    store.add(0, 0, 1, new byte[16 * ChunkFilePages.PAGE_BYTES - head]); // its first array is full
    none[0] = true;
    assertThatThrownBy(() -> before.list(1, 1, store, room, new ChunkFileUses()))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(before.listedCount()).isZero();
    assertThat(before.size()).isEqualTo(20);
    none[0] = false;
    FinishedChunks listed = before.list(1, 1, store, room, new ChunkFileUses());
    assertThat(listed.size()).isEqualTo(1);
    assertThat(listed.listedCount()).isEqualTo(19);
  }
}
