package dnd.metrics.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.DamagedBlockException;
import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.objects.MemoryStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Whatever is deleted, written anew, put, and damaged in whatever order, as long as the object
 * store has what the damaged block had: an answer is right, or an error.
 */
class OwedDeletionsRandomTest {
  private static final int FIRST_SEED = Integer.getInteger("owed.seed", 1);
  private static final int SEEDS = Integer.getInteger("owed.seeds", 40);
  private static final int STEPS = 60;
  private static final int RANGES = 5;

  private int damaged;
  private int refused;

  @Test
  void whatIsDeletedStaysDeleted() throws IOException {
    for (int seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      new Run(seed).run();
    }
    assertThat(damaged).isGreaterThan(SEEDS);
    assertThat(refused).isGreaterThan(SEEDS);
  }

  private final class Run {
    private final int seed;
    private final Random random;
    private final MemoryStore store = new MemoryStore();
    private final RangeModel model = new RangeModel();
    private final List<Integer> written = new ArrayList<>();
    private final Set<Integer> late = new HashSet<>();
    private MemoryBlockFiles files = new MemoryBlockFiles();
    private long now = RangeModel.start(RANGES);
    private StoringService service;

    Run(int seed) throws IOException {
      this.seed = seed;
      this.random = new Random(seed);
      this.service = start();
    }

    private StoringService start() throws IOException {
      long local = random.nextInt(3) == 0 ? 2 * RangeModel.RANGE : Retention.FOR_EVER;
      now += 1000; // names of blocks are given out by the clock, and the same chance in each life
      StoringService started = new StoringService(files, store, model, now, local);
      if (random.nextInt(4) > 0) {
        started.objects.look();
      }
      return started;
    }

    void run() throws IOException {
      for (int step = 0; step < STEPS; step++) {
        String what = "seed " + seed + ", step " + step + ": " + step();
        try {
          service.check(what);
        } catch (UnreadableSamplesException e) {
          refused++;
        }
      }
      findWhatIsDamaged();
      now += TimeUnit.DAYS.toMillis(3); // uploads that were broken off go
      restart("in the end");
      for (int i = 0; i < 3; i++) {
        service.objects.run();
        service.compactAll();
      }
      service.objects.run();
      service.check("seed " + seed + ", in the end");
      if (files.list("").contains(OwedDeletions.FOLDER)) {
        assertThat(files.list(OwedDeletions.FOLDER)).as("seed " + seed).isEmpty();
      }
      service.close();
    }

    private void findWhatIsDamaged() throws IOException {
      boolean sound = false;
      while (!sound) {
        service.objects.run();
        try {
          service.check("seed " + seed + ", settled");
          sound = true;
        } catch (DamagedBlockException e) {
          refused++;
        }
      }
    }

    private String step() throws IOException {
      return switch (random.nextInt(7)) {
        case 0 -> write();
        case 1, 2 -> delete();
        case 3 -> "compacted " + service.compactor.compact(raw -> Set.of());
        case 4 -> pass();
        case 5 -> damage();
        default -> restart("power cut");
      };
    }

    private String write() throws IOException {
      int range = random.nextInt(RANGES);
      Ulid ulid;
      if (!written.contains(range)) {
        written.add(range);
        ulid = model.write(range, files);
      } else if (late.add(range)) {
        ulid = model.writeLate(range, files);
      } else {
        return "nothing";
      }
      service.blocks.add(ulid);
      return "wrote range " + range;
    }

    private String delete() throws IOException {
      String name = List.of("a", "b", ".*").get(random.nextInt(3));
      long from = RangeModel.start(0) + random.nextLong(RANGES * RangeModel.RANGE);
      long to = from + random.nextLong(RangeModel.RANGE);
      boolean fails = random.nextInt(4) == 0;
      store.failAfter(fails ? random.nextInt(5) : Long.MAX_VALUE, false);
      try {
        service.delete(name, from, to);
      } catch (IOException e) { // a part may be deleted
        store.failAfter(Long.MAX_VALUE, false);
        service.objects.run();
        service.delete(name, from, to);
      }
      store.failAfter(Long.MAX_VALUE, false);
      return "deleted " + name + " from " + from + " to " + to;
    }

    private String pass() throws IOException {
      boolean fails = random.nextInt(3) == 0;
      store.failAfter(fails ? random.nextInt(20) : Long.MAX_VALUE, false);
      try {
        service.objects.run();
        return "a pass";
      } catch (IOException e) {
        return "a pass that was broken off";
      } finally {
        store.failAfter(Long.MAX_VALUE, false);
      }
    }

    private String restart(String why) throws IOException {
      service.close();
      files = files.cutPower(random);
      service = start();
      return why;
    }

    /** Of a block that is in the store, or of which all is there that it was made of. */
    private String damage() throws IOException {
      List<BlockMeta> there = new ArrayList<>();
      for (String name : store.names("meta.json")) {
        there.add(BlockMeta.read(store.contentOf(name)));
      }
      BlockSnapshot snapshot = service.blocks.hold();
      List<BlockMeta> here = snapshot.blocks().stream().map(block -> block.meta()).toList();
      snapshot.release();
      List<BlockMeta> covered = here.stream().filter(meta -> isCovered(meta, there)).toList();
      if (covered.isEmpty()) {
        return "nothing to damage";
      }
      Ulid ulid = covered.get(random.nextInt(covered.size())).ulid();
      service.close();
      // What is found later may not be put before, in the place of what it was made of.
      boolean atOnce =
          random.nextBoolean() || !store.names("meta.json").contains(ulid + "/meta.json");
      files = files.withFlippedBit(ulid + (atOnce ? "/index" : "/chunks/000001"), 8 * 20);
      service = start();
      damaged++;
      return "damaged " + ulid;
    }

    private boolean isCovered(BlockMeta meta, List<BlockMeta> there) {
      Set<Ulid> sources = new HashSet<>();
      for (BlockMeta each : there) {
        if (each.ulid().equals(meta.ulid()) || each.isReplacedBy(meta)) {
          sources.addAll(each.compaction().sources());
        }
      }
      return sources.containsAll(meta.compaction().sources());
    }
  }
}
