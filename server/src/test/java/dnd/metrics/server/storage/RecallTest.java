package dnd.metrics.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.ModelCursor;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.objects.MemoryStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Blocks that are in the object store only come to the local disk, while others work on. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecallTest {
  private static final int RANGES = 6;
  private static final long NOW = RangeModel.start(RANGES + 1);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final MemoryStore store = new MemoryStore();
  private final MemoryBlockFiles files = new MemoryBlockFiles();
  private final RangeModel model = new RangeModel();

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  /** A service with all of its blocks in the store only. */
  private StoringService start() throws IOException {
    for (int range = 0; range < RANGES; range++) {
      model.write(range, files);
    }
    StoringService service = new StoringService(files, store, model, NOW, 0);
    service.objects.run();
    assertThat(service.here()).isEmpty();
    assertThat(store.names("meta.json")).hasSize(RANGES);
    return service;
  }

  /** Something to do that may fail. */
  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  private Future<Boolean> inParallel(Work work) {
    return threads.submit(() -> {
      work.run();
      return true;
    });
  }

  /** Lets the next who puts an object, or reads one whole, wait in the store. */
  private final class SlowStore {
    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch answers = new CountDownLatch(1);

    SlowStore() {
      store.atNextTransfer(() -> {
        asked.countDown();
        try {
          answers.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
    }
  }

  private static Retention without(String name) {
    RetentionRule rule = new RetentionRule(List.of(Matcher.equal("__name__", name)), 0);
    return new Retention(Retention.FOR_EVER, Long.MAX_VALUE, List.of(rule));
  }

  @Test
  void whatWasReplacedOrRemovedMeanwhileStaysSo() throws Exception {
    try (StoringService service = start()) {
      RemoteBlocks.Remote replaced = service.inStore(1);
      service.deleteIn(1, "a");
      service.compactAll();
      service.blocks.recall(replaced);
      assertThat(service.here()).hasSize(1).doesNotContain(replaced.meta().ulid());
      service.check("replaced before it was to come");

      RemoteBlocks.Remote removed = service.inStore(2);
      service.deleteIn(2, ".*");
      service.compactAll();
      service.blocks.recall(removed);
      assertThat(service.here()).hasSize(1);
      service.check("removed before it was to come");

      RemoteBlocks.Remote late = service.inStore(3);
      SlowStore slow = new SlowStore();
      Future<Boolean> recall = inParallel(() -> service.blocks.recall(late));
      slow.asked.await();
      service.blocks.removeForGood(List.of(late.meta().ulid()));
      model.remove(".*", RangeModel.start(3), RangeModel.start(4) - 1);
      slow.answers.countDown();
      recall.get();
      assertThat(service.here()).hasSize(1);
      assertThat(files.list("")).noneMatch(name -> name.startsWith(late.meta().ulid().toString()));
      service.check("removed while it came");
      service.objects.run();
      service.check("another pass");
    }
  }

  private void cut(StoringService service, int range) throws IOException {
    boolean isCut =
        new HeadBlocks(service.blocks, service.clock, new Random(range))
            .write(
                new ModelCursor(model.add(range)),
                RangeModel.start(range),
                RangeModel.start(range + 1),
                DiskPace.UNPACED,
                () -> true);
    assertThat(isCut).isTrue();
  }

  @Test
  void aSlowStoreKeepsNothingLocalWaiting() throws Exception {
    try (StoringService service = start()) {
      service.retention.change(Optional.of(without("a")));
      SlowStore slow = new SlowStore();
      Future<Boolean> pass = inParallel(service.objects::run);
      slow.asked.await();
      cut(service, RANGES);
      service.deleteIn(RANGES, "b");
      service.compactAll();
      MemoryBlockFiles killed = files.cutPower(new Random(0));
      assertThat(killed.list("")).anyMatch(name -> name.endsWith(".tmp-for-creation"));
      try (StoringService next = new StoringService(killed, store, model, NOW, 0)) {
        assertThat(killed.list("")).noneMatch(name -> name.endsWith(".tmp-for-creation"));
        assertThat(next.reports).isEmpty();
      }
      slow.answers.countDown();
      pass.get();
      assertThat(service.here()).as("what the retention concerns").isNotEmpty();
    }
  }

  @Test
  void aSlowUploadKeepsNothingLocalWaiting() throws Exception {
    try (StoringService service = start()) {
      cut(service, RANGES);
      SlowStore slow = new SlowStore();
      Future<Boolean> pass = inParallel(service.objects::run);
      slow.asked.await();
      cut(service, RANGES + 1);
      service.deleteIn(RANGES + 1, "b");
      slow.answers.countDown();
      pass.get();
      service.check("afterwards");
    }
  }

  /** A block that is brought here is written into a folder that may have been left by another. */
  @Test
  void whatAStartCouldNotRemoveIsNotRemovedWhileABlockIsBroughtHere() throws Exception {
    start().close();
    String name = store.names("meta.json").getFirst();
    String left = name.substring(0, name.indexOf('/')) + ".tmp-for-creation";
    files.createFolder(left);
    files.failDeletionsOf(left);
    try (StoringService service = new StoringService(files, store, model, NOW, 0)) {
      assertThat(service.reports).hasSize(1);
      files.failDeletionsOf("");
      service.objects.look();
      SlowStore slow = new SlowStore();
      RemoteBlocks.Remote far = service.inStore(0);
      Future<Boolean> recall = inParallel(() -> service.blocks.recall(far));
      slow.asked.await();
      service.blocks.removeUnread(DiskPace.UNPACED, () -> false);
      assertThat(files.list("")).contains(left);
      slow.answers.countDown();
      recall.get();
      assertThat(service.here()).containsExactly(far.meta().ulid());
      service.check("brought here");
      files.createFolder(left);
      service.blocks.removeUnread(DiskPace.UNPACED, () -> false);
      assertThat(files.list("")).doesNotContain(left);
    }
  }

  @Test
  void aDeletionMeetsWhatComesMeanwhile() throws Exception {
    try (StoringService service = start()) {
      RemoteBlocks.Remote far = service.inStore(1);
      SlowStore slow = new SlowStore();
      Future<Boolean> recall = inParallel(() -> service.blocks.recall(far));
      slow.asked.await();
      Future<Boolean> deletion =
          inParallel(() -> service.delete("a", RangeModel.start(0), RangeModel.start(RANGES)));
      slow.answers.countDown();
      recall.get();
      deletion.get();
      service.check("at once");
      service.compactAll();
      service.objects.run();
      service.objects.run();
      service.check("made true");
      assertThat(service.here()).isEmpty();
    }
  }

  @Test
  void ofWhatARuleConcernsOneBlockIsHereAtATime() throws IOException {
    try (StoringService service = start()) {
      service.retention.change(Optional.of(without("a")));
      model.remove("a", Long.MIN_VALUE, Long.MAX_VALUE);
      for (int range = 0; range < RANGES; range++) {
        service.objects.run();
        List<Ulid> here = service.here();
        assertThat(here).hasSize(1);
        service.objects.run();
        assertThat(service.here()).as("until it is written anew").isEqualTo(here);
        service.compactAll();
      }
      service.objects.run();
      assertThat(service.here()).isEmpty();
      service.check("made true");

      service.retention.change(Optional.of(without("b")));
      service.objects.run();
      assertThat(service.here()).as("another rule").hasSize(1);
      service.retention.change(Optional.empty());
      service.objects.run();
      service.objects.run();
      assertThat(service.here()).as("no rule").isEmpty();
      service.check("without a rule");
    }
  }
}
