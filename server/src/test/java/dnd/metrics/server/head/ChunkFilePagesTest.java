package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.head.ChunkFilePages.Finding;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkFilePagesTest {
  private static final int PAGE = ChunkFilePages.PAGE_BYTES;

  private static byte[] file(Random random, int pages) {
    byte[] content = new byte[pages * PAGE];
    random.nextBytes(content);
    ByteBuffer behind = ChunkFilePages.protection(ByteBuffer.wrap(content));
    byte[] file = Arrays.copyOf(content, content.length + behind.remaining());
    behind.get(file, content.length, behind.remaining());
    return file;
  }

  private static Finding check(byte[] file) {
    return ChunkFilePages.check(MemorySegment.ofArray(file));
  }

  private static void flip(byte[] file, long bit) {
    file[(int) (bit >>> 3)] ^= (byte) (1 << (bit & 7));
  }

  @Test
  void whateverBitTurnsOverIsFoundAndRepaired() {
    Random random = new Random(1);
    for (int pages : new int[] {1, 2, 63, 64, 65, 128, 129, 300}) {
      byte[] sound = file(random, pages);
      assertThat(check(sound)).as("%d pages", pages).isInstanceOf(Finding.Sound.class);
      for (int i = 0; i < 200; i++) {
        byte[] damaged = sound.clone();
        // every second time behind the pages of content
        long from = i % 2 == 0 ? 0 : 8L * pages * PAGE;
        long bit = from + (long) (random.nextDouble() * (8L * sound.length - from));
        flip(damaged, bit);
        assertThat(check(damaged))
            .as("%d pages, bit %d", pages, bit)
            .isInstanceOfSatisfying(
                Finding.Repaired.class,
                repaired ->
                    assertThat(repaired.content().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(sound));
      }
      for (int last = 1; last <= 64; last++) { // the last bits
        byte[] damaged = sound.clone();
        flip(damaged, 8L * sound.length - last);
        assertThat(check(damaged)).isInstanceOf(Finding.Repaired.class);
      }
    }
  }

  @Test
  void aPageOfEachStripeMayBeGone() {
    byte[] sound = file(new Random(2), 300);
    int stripes = 5;
    byte[] damaged = sound.clone();
    Arrays.fill(damaged, 17 * PAGE, (17 + stripes) * PAGE, (byte) 0);
    assertThat(check(damaged))
        .isInstanceOfSatisfying(
            Finding.Repaired.class,
            repaired -> {
              assertThat(repaired.content().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(sound);
              assertThat(repaired.offset()).isEqualTo(17 * PAGE);
            });
    damaged[(17 + stripes) * PAGE] ^= 1; // of the same stripe as the first
    assertThat(check(damaged))
        .isInstanceOfSatisfying(
            Finding.Lost.class,
            lost -> {
              assertThat(lost.lost().stream()).containsExactly(17, 17 + stripes);
              assertOthersAreSound(lost, sound);
            });
  }

  private static void assertOthersAreSound(Finding.Lost lost, byte[] sound) {
    byte[] content = lost.content().toArray(ValueLayout.JAVA_BYTE);
    for (int page = 0; page < 100; page++) {
      assertThat(ChunkFilePages.isSound(lost.content(), page))
          .as("page %d", page)
          .isEqualTo(!lost.lost().get(page));
      if (!lost.lost().get(page)) {
        assertThat(Arrays.copyOfRange(content, page * PAGE, (page + 1) * PAGE))
            .isEqualTo(Arrays.copyOfRange(sound, page * PAGE, (page + 1) * PAGE));
      }
    }
  }

  @Test
  void aFileThatIsTooShortOrTooLongIsLost() {
    byte[] sound = file(new Random(3), 100);
    for (int more : new int[] {-1, 1, -PAGE, PAGE, -sound.length + 10}) {
      assertThat(check(Arrays.copyOf(sound, sound.length + more))).isInstanceOf(Finding.Lost.class);
    }
  }

  @Test
  void checksumsAndAPageOfTheSameStripeAreTooMuch() {
    byte[] sound = file(new Random(4), 100);
    byte[] damaged = sound.clone();
    damaged[3 * PAGE] ^= 1;
    damaged[damaged.length - 20] ^= 1;
    assertThat(check(damaged))
        .isInstanceOfSatisfying(
            Finding.Lost.class,
            lost -> {
              assertThat(lost.lost().get(3)).isTrue();
              assertOthersAreSound(lost, sound);
            });
  }
}
