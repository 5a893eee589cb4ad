package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.storage.Blocks;
import dnd.metrics.server.storage.Deleter;
import dnd.metrics.server.storage.HeadBlocks;
import dnd.metrics.server.storage.Storage;
import dnd.metrics.server.wal.LogOptions;
import dnd.metrics.server.wal.MemoryLogFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random batches against a simple model, and checkpoints between them, on a disk that fails, fills
 * up, loses its power, and turns a bit of the newest checkpoint over: what was acknowledged is
 * there afterwards, each event whole or not at all, and none twice. {@code -Dfault.seeds=10000} for
 * a campaign, {@code -Dfault.seed} for its first seed.
 */
class HeadFaultTest {
  private static final long HOUR_MILLIS = 3_600_000;

  /** Below a day, after which a sender that sent nothing is forgotten. */
  private static final int MOST_JUMPS = 20;

  private static final long NOW = 1_700_000_000_000L;
  private static final LogOptions LOG =
      LogOptions.DEFAULT.withRetryInterval(Duration.ofMillis(3)).withSegmentBytes(4096);

  @TempDir Path folder;
  private int checkpoints;
  private int failedCheckpoints;
  private int flippedBits;
  private int flippedBitsOfChunks;
  private int turnedOver;
  private int cuts;
  private int failedCuts;
  private int stores;
  private int failedStores;
  private int parked;
  private int listed;
  private int faults;
  private int deletions;
  private int failedDeletions;

  /** What was being deleted when the power was cut. */
  private @Nullable Deletion inDoubt;

  private MemoryBlockFiles blockFiles = new MemoryBlockFiles();
  private MemoryLogFiles disk = new MemoryLogFiles();

  /** The samples of all series: labels → time → value. */
  private final Map<Labels, TreeMap<Long, Double>> model = new TreeMap<>();

  /** What one event did, to be taken back where it was not acknowledged and is not there. */
  private static final class Event {
    final String id;
    final int sender;
    final Map<Labels, TreeMap<Long, Double>> samples = new TreeMap<>();
    final CommitLatch done = new CommitLatch();
    long sequence;

    Event(String id, int sender) {
      this.id = id;
      this.sender = sender;
    }
  }

  @BeforeAll
  static void pollOften() {
    Awaitility.setDefaultPollInterval(Duration.ofMillis(2));
    Awaitility.setDefaultPollDelay(Duration.ZERO);
  }

  private Head open() throws IOException {
    return Head.open(
        folder.resolve("data"), path -> disk, HeadOptions.DEFAULT, LOG, ReplayListener.SILENT);
  }

  @Test
  void nothingAcknowledgedIsLost() throws IOException {
    int first = Integer.getInteger("fault.seed", 0);
    int seeds = Integer.getInteger("fault.seeds", 40);
    for (int seed = first; seed < first + seeds; seed++) {
      disk = new MemoryLogFiles();
      blockFiles = new MemoryBlockFiles();
      model.clear();
      Random random = new Random(seed);
      long clock = NOW;
      int jumps = 0;
      Set<String> stored = new HashSet<>();
      List<String> lost = new ArrayList<>();
      for (int life = 0; life < 4; life++) {
        List<Event> events = new ArrayList<>();
        MemoryLogFiles before = disk;
        Head head = open();
        Blocks blocks = openBlocks();
        check(head, blocks, seed, life);
        checkIds(head, stored, lost, clock);
        try {
          int n = random.nextInt(40);
          for (int i = 0; i < n; i++) {
            disturb(random);
            clock += random.nextInt(3_000);
            if (jumps < MOST_JUMPS && random.nextInt(12) == 0) {
              clock += HOUR_MILLIS;
              jumps++;
            }
            if (random.nextInt(5) == 0) {
              store(head, seed);
            }
            if (random.nextInt(6) == 0) {
              head.finishSilent(random.nextBoolean() ? Long.MAX_VALUE : clock - HOUR_MILLIS);
              parked += Parked.count(head);
            }
            if (random.nextInt(6) == 0) {
              turnOver(head, random);
            }
            if (random.nextInt(6) == 0) {
              list(head, seed);
              listed += Listed.count(head);
            }
            if (random.nextInt(8) == 0) {
              checkpoint(head, seed);
            }
            if (random.nextInt(8) == 0) {
              cut(head, blocks, random, seed);
            }
            if (random.nextInt(12) == 0 && !delete(head, blocks, random, clock, seed)) {
              break; // the power is cut while it is not known how far the deletion came
            }
            Event event = new Event("e" + life + "/" + i, random.nextInt(3));
            if (apply(head, event, random, clock)) {
              events.add(event);
              if (random.nextInt(3) == 0) {
                await().until(event.done::isDone);
              }
            }
          }
          if (events.size() > 10
              && inDoubt == null) { // readers see what is there while it is taken in
            check(head, blocks, seed, life);
          }
          disk = random.nextBoolean() ? before.cutPower(random) : before.kill();
          blockFiles = blockFiles.cutPower(random);
          faults++;
        } finally {
          blocks.close();
          MemoryLogFiles.closeDead(head);
        }
        if (random.nextInt(4) == 0) {
          turnABit(random);
        }
        settle(events, stored, lost, seed);
        settle(inDoubt);
        inDoubt = null;
      }
      try (Head head = open();
          Blocks blocks = openBlocks()) {
        check(head, blocks, seed, 4);
        checkIds(head, stored, lost, clock);
        assertThat(disk.list())
            .as("seed %d", seed)
            .allMatch(
                name -> name.matches("\\d{8}\\.(wal|torn|chunks|checkpoint|checkpoint\\.damaged)"));
        assertThat(blockFiles.list(""))
            .as("seed %d", seed)
            .allMatch(name -> Ulid.isUlid(name) || name.equals("wal")); // for Prometheus's tools
      }
    }
    System.out.printf(
        "%d injected faults: %d checkpoints (%d failed), %d cuts (%d failed),"
            + " %d deletions (%d failed), %d files of chunks (%d failed), %d parked series, %d lists of chunks,"
            + " %d and %d flipped bits, %d while it ran%n",
        faults,
        checkpoints,
        failedCheckpoints,
        cuts,
        failedCuts,
        deletions,
        failedDeletions,
        stores,
        failedStores,
        parked,
        listed,
        flippedBits,
        flippedBitsOfChunks,
        turnedOver);
    assertThat(flippedBitsOfChunks).isPositive();
    assertThat(turnedOver).isPositive();
    assertThat(parked).isPositive();
    assertThat(listed).isPositive();
    assertThat(stores).isGreaterThan(failedStores);
    assertThat(failedStores).isPositive();
    assertThat(deletions).isGreaterThan(failedDeletions);
    assertThat(failedDeletions).isPositive();
    assertThat(cuts).isGreaterThan(failedCuts);
    assertThat(failedCuts).isPositive();
    assertThat(checkpoints).isGreaterThan(failedCheckpoints);
    assertThat(failedCheckpoints).isPositive();
    assertThat(flippedBits).isPositive();
  }

  /** May fail where a file of chunks is to be written, and then changes nothing. */
  private static void list(Head head, int seed) {
    try {
      head.listChunks(1, 1);
    } catch (IOException e) {
      assertThat(e.getMessage())
          .as("seed %d", seed)
          .containsAnyOf("No space left", "Input/output error", "I/O error");
    }
  }

  private Blocks openBlocks() throws IOException {
    List<String> reports = new ArrayList<>();
    Blocks blocks = Blocks.open(blockFiles, reports::add);
    assertThat(reports).isEmpty();
    return blocks;
  }

  /** May fail, at any step, and then changes nothing. */
  private void cut(Head head, Blocks blocks, Random random, int seed) {
    if (random.nextInt(3) == 0) {
      blockFiles.failAfter(
          random.nextInt(40),
          random.nextBoolean() ? "No space left on device" : "I/O error",
          false);
      faults++;
    }
    try {
      head.cut(new HeadBlocks(blocks, () -> Instant.ofEpochMilli(NOW), random));
      cuts++;
    } catch (IOException e) {
      assertThat(e.getMessage())
          .as("seed %d", seed)
          .containsAnyOf(
              "No space left", "I/O error", "Input/output error", "the log cannot be written");
      failedCuts++;
    }
    blockFiles.failAfter(Long.MAX_VALUE, "", false);
  }

  private int fault(Random random, int bound) {
    faults++;
    return random.nextInt(bound);
  }

  private void disturb(Random random) {
    switch (random.nextInt(30)) {
      case 0 -> disk.failForces(1 + fault(random, 3), new Random(random.nextLong()));
      case 1 -> disk.failWrites(1 + fault(random, 3));
      case 2 -> disk.limitCapacity(disk.usedBytes() + fault(random, 500));
      case 3, 4, 5, 6 -> disk.limitCapacity(Long.MAX_VALUE);
      default -> {}
    }
  }

  /**
   * Deletes samples of some series. Where it fails, it is done again, or, when this returns false,
   * left in doubt.
   */
  private boolean delete(Head head, Blocks blocks, Random random, long clock, int seed) {
    long from = clock - random.nextInt(4) * HOUR_MILLIS - random.nextInt(40 * 60_000);
    long to = from + random.nextLong(2 * HOUR_MILLIS);
    Deletion deletion =
        new Deletion(
            List.of(
                List.of(
                    new Matcher(
                        Matcher.Type.REGEX,
                        "n",
                        "s[%d-%d]".formatted(random.nextInt(4), 4 + random.nextInt(4))))),
            from,
            to);
    if (random.nextInt(3) == 0) {
      blockFiles.failAfter(random.nextInt(8), "I/O error", false);
      faults++;
    }
    Deleter deleter = new Deleter(head, blocks);
    boolean done = false;
    while (!done) {
      try {
        deleter.delete(deletion, new SenderId("test", ""), "c", clock);
        done = true;
        deletions++;
      } catch (IOException e) {
        assertThat(e.getMessage())
            .as("seed %d", seed)
            .containsAnyOf("I/O error", "Input/output", "No space", "the log cannot be written");
        failedDeletions++;
        blockFiles.failAfter(Long.MAX_VALUE, "", false);
        if (random.nextBoolean()) {
          inDoubt = deletion;
          return false;
        }
        disk.limitCapacity(Long.MAX_VALUE);
        await().until(() -> head.status().unavailable() == null);
      }
    }
    blockFiles.failAfter(Long.MAX_VALUE, "", false);
    model.forEach((labels, samples) -> {
      if (deletion.matches(labels)) {
        samples.subMap(from, true, to, true).clear();
      }
    });
    return true;
  }

  /** Takes out of the model what a deletion of which nobody knows has deleted. */
  private void settle(@Nullable Deletion deletion) throws IOException {
    if (deletion == null) {
      return;
    }
    try (Head head = open();
        Blocks blocks = openBlocks()) {
      Map<Labels, List<String>> found = contentOf(head, blocks);
      model.forEach((labels, samples) -> {
        if (deletion.matches(labels)) {
          List<String> there = found.getOrDefault(labels, List.of());
          samples
              .subMap(deletion.fromMillis(), true, deletion.toMillis(), true)
              .entrySet()
              .removeIf(e -> !there.contains(e.getKey() + "=" + Samples.text(e.getValue())));
        }
      });
    }
    disk = disk.kill();
  }

  /** Moves chunks into a file, which may fail and then changes nothing. */
  private void store(Head head, int seed) {
    long before = head.status().maintenance().chunkFiles();
    try {
      head.storeChunks();
      stores += head.status().maintenance().chunkFiles() > before ? 1 : 0;
    } catch (IOException e) {
      assertThat(e.getMessage())
          .as("seed %d", seed)
          .containsAnyOf("No space left", "Input/output error");
      failedStores++;
    }
  }

  /** May fail while the disk is in trouble, and then changes nothing. */
  private void checkpoint(Head head, int seed) {
    try {
      head.checkpoint();
      checkpoints++;
    } catch (IOException e) {
      assertThat(e.getMessage())
          .as("seed %d", seed)
          .containsAnyOf("No space left", "Input/output error", "the log cannot be written");
      failedCheckpoints++;
    }
  }

  private void turnABit(Random random) throws IOException {
    List<String> chunks =
        disk.list().stream()
            .filter(name -> ChunkFile.FILES.numberOf(name) > 0 && disk.contentOf(name).length > 0)
            .toList();
    if (!chunks.isEmpty()) { // there is none to spare: it is repaired
      String name = chunks.get(random.nextInt(chunks.size()));
      disk.flipBit(name, random.nextLong(8L * disk.contentOf(name).length));
      flippedBitsOfChunks++;
      faults++;
    }
    List<String> names = CheckpointFrame.FILES.in(disk);
    boolean spare = names.size() > 1 || disk.list().contains("00000001.wal");
    if (!names.isEmpty() && spare) {
      String newest = names.getLast();
      disk.flipBit(newest, random.nextLong(8L * disk.contentOf(newest).length));
      flippedBits++;
      faults++;
    }
  }

  /** A page of a file of chunks comes back from the disk with another bit, at most one a file. */
  private void turnOver(Head head, Random random) throws IOException {
    List<String> chunks =
        disk.list().stream()
            .filter(name -> ChunkFile.FILES.numberOf(name) > 0 && isSound(disk.mapped(name)))
            .toList();
    if (!chunks.isEmpty()) {
      byte[] bytes = disk.mapped(chunks.get(random.nextInt(chunks.size())));
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      head.chunkStore().unloadAllBut(0);
      turnedOver++;
      faults++;
    }
  }

  private static boolean isSound(byte[] file) {
    return file.length > 0
        && ChunkFilePages.check(MemorySegment.ofArray(file))
            instanceof ChunkFilePages.Finding.Sound;
  }

  /** False where the head refuses, which it may only do while the disk is in trouble. */
  private boolean apply(Head head, Event event, Random random, long clock)
      throws SenderLimitException {
    Sender sender = head.sender(new SenderId("svc", "i" + event.sender));
    try (SenderBatch batch = sender.begin(EventKind.PUSH, event.id, clock)) {
      assertThat(batch.isDuplicate()).isFalse();
      for (int n = random.nextInt(12); n >= 0; n--) {
        Labels labels = Labels.of("n", "s" + random.nextInt(8), "instance", "i" + event.sender);
        HeadSeries series = batch.resolve(labels);
        long time =
            clock - (random.nextInt(3) == 0 ? random.nextInt(40 * 60_000) : random.nextInt(9));
        double value = random.nextInt(10) == 0 ? StaleMarker.VALUE : random.nextInt(5) * 0.5;
        TreeMap<Long, Double> known = model.computeIfAbsent(labels, l -> new TreeMap<>());
        AppendOutcome expected = expected(known, time, value);
        assertThat(batch.append(series, time, value)).isEqualTo(expected);
        if (expected == AppendOutcome.ACCEPTED) {
          known.put(time, value);
          event.samples.computeIfAbsent(labels, l -> new TreeMap<>()).put(time, value);
        }
      }
      event.sequence = batch.commit(event.done);
      return true;
    } catch (HeadUnavailableException e) {
      assertThat(e).hasMessageContaining("the log cannot be written");
      disk.limitCapacity(Long.MAX_VALUE);
      await().until(() -> head.status().unavailable() == null);
      return false;
    }
  }

  private static AppendOutcome expected(NavigableMap<Long, Double> known, long time, double value) {
    Double there = known.get(time);
    if (there != null) {
      boolean same = Double.doubleToRawLongBits(there) == Double.doubleToRawLongBits(value);
      return same ? AppendOutcome.DUPLICATE : AppendOutcome.CONFLICT;
    }
    boolean tooOld = !known.isEmpty() && time < known.lastKey() - 30 * 60_000;
    return tooOld ? AppendOutcome.TOO_OLD : AppendOutcome.ACCEPTED;
  }

  /** Takes out of the model what the crash took: all or nothing of each event in doubt. */
  private void settle(List<Event> events, Set<String> stored, List<String> lost, int seed)
      throws IOException {
    if (events.isEmpty()) {
      return;
    }
    try (Head head = open()) {
      long last = head.status().lastSequence();
      for (Event event : events) {
        boolean acknowledged;
        try {
          acknowledged = event.done.isDone();
          if (acknowledged) {
            event.done.await();
          }
        } catch (IOException e) {
          acknowledged = false;
        }
        boolean there = event.sequence <= last && isThere(head, event);
        if (acknowledged) {
          assertThat(there).as("seed %d: acknowledged %s", seed, event.id).isTrue();
        }
        if (there) {
          stored.add(event.sender + " " + event.id);
        } else {
          lost.add(event.sender + " " + event.id);
          event.samples.forEach(
              (labels, samples) -> model.get(labels).keySet().removeAll(samples.keySet()));
        }
      }
    }
    disk = disk.kill();
  }

  /** Whether the id is known; the samples are compared afterwards, all together. */
  private static boolean isThere(Head head, Event event) throws IOException {
    Sender sender = head.sender(new SenderId("svc", "i" + event.sender));
    try (SenderBatch batch = sender.begin(EventKind.PUSH, event.id, NOW)) {
      return batch.isDuplicate();
    }
  }

  private static void checkIds(Head head, Set<String> stored, List<String> lost, long clock)
      throws IOException {
    for (String known : stored) {
      assertThat(isKnown(head, known, clock)).as(known).isTrue();
    }
    for (String unknown : lost) {
      assertThat(isKnown(head, unknown, clock)).as(unknown).isFalse();
    }
  }

  private static boolean isKnown(Head head, String senderAndId, long clock) throws IOException {
    int space = senderAndId.indexOf(' ');
    Sender sender = head.sender(new SenderId("svc", "i" + senderAndId.substring(0, space)));
    try (SenderBatch batch =
        sender.begin(EventKind.PUSH, senderAndId.substring(space + 1), clock)) {
      return batch.isDuplicate();
    }
  }

  private void check(Head head, Blocks blocks, int seed, int life) {
    Map<Labels, List<String>> expected = new TreeMap<>();
    model.forEach((labels, samples) -> {
      List<String> lines = new ArrayList<>();
      samples.forEach((t, v) -> lines.add(t + "=" + Samples.text(v)));
      if (!lines.isEmpty()) {
        expected.put(labels, lines);
      }
    });
    assertThat(contentOf(head, blocks)).as("seed %d life %d", seed, life).isEqualTo(expected);
  }

  private static Map<Labels, List<String>> contentOf(Head head, Blocks blocks) {
    Map<Labels, List<String>> found = new TreeMap<>();
    try (SeriesView view = new Storage(head, blocks).view()) {
      for (Series series : view.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE)) {
        List<String> samples = Samples.of(series);
        if (!samples.isEmpty()) {
          found.put(series.labels(), samples);
        }
      }
    }
    return found;
  }
}
