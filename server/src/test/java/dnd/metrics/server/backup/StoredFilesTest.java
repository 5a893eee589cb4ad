package dnd.metrics.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockWriter;
import dnd.metrics.server.block.DiskBlockFiles;
import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.ModelCursor;
import dnd.metrics.server.block.SampleList;
import dnd.metrics.server.block.SourceModel;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.ReplayListener;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.objects.MemoryStore;
import dnd.metrics.server.promql.test.MemorySource;
import dnd.metrics.server.storage.Blocks;
import dnd.metrics.server.storage.CurrentRetention;
import dnd.metrics.server.storage.Deleter;
import dnd.metrics.server.storage.DownsampledBlocks;
import dnd.metrics.server.storage.ObjectMaintenance;
import dnd.metrics.server.storage.ObjectSettings;
import dnd.metrics.server.storage.Retention;
import dnd.metrics.server.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredFilesTest {
  private static final long RANGE = 7_200_000;
  private static final long START = 236_007 * RANGE;
  private static final Ulid BLOCK = Ulid.of(START + RANGE, new Random(1));

  @TempDir Path root;
  private final MemoryStore store = new MemoryStore();

  private Blocks open(Path data) throws IOException {
    return Blocks.open(new DiskBlockFiles(data.resolve("blocks")), report -> {});
  }

  private ObjectMaintenance openStore(Blocks blocks) throws IOException {
    return ObjectMaintenance.open(
        blocks,
        DownsampledBlocks.none(),
        raw -> Set.of(),
        store,
        new MemoryBlockFiles(),
        Map.of(),
        ObjectSettings.NONE,
        new CurrentRetention(Retention.EVERYTHING, Optional.empty(), Long.MAX_VALUE),
        () -> Instant.ofEpochMilli(START + 2 * RANGE));
  }

  private static SortedMap<Labels, SampleList> model(String... names) {
    SortedMap<Labels, SampleList> model = new TreeMap<>();
    for (String name : names) {
      List<SampleList.Sample> samples = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        samples.add(new SampleList.Sample(START + i, i, null));
      }
      model.put(Labels.of("__name__", name), new SampleList(samples));
    }
    return model;
  }

  /** A block is damaged here, and in the store; something of it is deleted only here. */
  private void makeData(Path data) throws IOException {
    new BlockWriter(new DiskBlockFiles(data.resolve("blocks")))
        .write(
            BlockMeta.ofHead(BLOCK, START, START + RANGE), new ModelCursor(model("gone", "kept")));
    try (Head head = Head.open(root.resolve("head"), HeadOptions.DEFAULT, ReplayListener.SILENT);
        Blocks blocks = open(data);
        ObjectMaintenance objects = openStore(blocks)) {
      objects.start();
      await().atMost(Duration.ofMinutes(1)).until(() -> objects.status().blocks() == 1);
      Deletion deletion =
          new Deletion(List.of(List.of(Matcher.equal("__name__", "gone"))), START, START + RANGE);
      new Deleter(head, blocks).delete(deletion, new SenderId("cli", ""), "c1", START + RANGE);
    }
    Path index = data.resolve("blocks").resolve(BLOCK.toString()).resolve("index");
    byte[] bytes = Files.readAllBytes(index);
    bytes[10] ^= 1;
    Files.write(index, bytes);
  }

  @Test
  void whatIsToBeDeletedOfACopyInTheObjectStoreIsInABackup() throws IOException {
    Path data = root.resolve("data");
    Path backup = root.resolve("backup");
    Path restored = Files.createDirectory(root.resolve("restored"));
    makeData(data);
    try (Blocks blocks = open(data)) {
      assertThat(blocks.status().setAside()).isEqualTo(1);
      new StoredFiles(data, blocks, DownsampledBlocks.none(), Optional.empty())
          .copy(backup, DiskPace.UNPACED);
    }
    StoredFiles.restore(backup, restored);
    try (Blocks blocks = open(restored);
        ObjectMaintenance objects = openStore(blocks)) {
      assertThat(blocks.ulids()).isEmpty();
      objects.look();
      Storage storage = new Storage(new MemorySource(), blocks);
      try (SeriesView view = storage.view()) {
        assertThatThrownBy(() -> SourceModel.contentOf(view))
            .isInstanceOf(UnreadableSamplesException.class)
            .hasMessageContaining("is deleted of that copy first");
      }
      objects.start();
      await().atMost(Duration.ofMinutes(1)).until(() -> blocks.ulids().contains(BLOCK));
      try (SeriesView view = storage.view()) {
        SourceModel.assertSame("deleted", SourceModel.contentOf(view), model("kept"));
      }
    }
  }
}
