package dnd.metrics.server.storage;

import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockWriter;
import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.ModelCursor;
import dnd.metrics.server.block.SampleList;
import dnd.metrics.server.block.SourceModel;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SeriesSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** The series {@code a} and {@code b}, with ten samples each in a range of time. */
final class RangeModel {
  static final long RANGE = Compactor.RANGE_MILLIS;
  private static final long START = 236_007 * RANGE;
  private static final int SAMPLES = 10;

  private final SortedMap<Labels, SampleList> all = new TreeMap<>();
  private final Random random = new Random(5);

  /** When a range begins, Unix milliseconds. */
  static long start(int range) {
    return START + range * RANGE;
  }

  /** Adds samples in a range, of which there are none yet. */
  SortedMap<Labels, SampleList> add(int range) {
    return add(start(range));
  }

  private SortedMap<Labels, SampleList> add(long millis) {
    SortedMap<Labels, SampleList> added = new TreeMap<>();
    for (String name : List.of("a", "b")) {
      List<SampleList.Sample> samples = new ArrayList<>();
      for (int i = 0; i < SAMPLES; i++) {
        samples.add(
            new SampleList.Sample(millis + i * (RANGE / SAMPLES), random.nextInt(100), null));
      }
      Labels labels = Labels.of("__name__", name);
      added.put(labels, new SampleList(samples));
      all.merge(labels, added.get(labels), RangeModel::merged);
    }
    return added;
  }

  private static SampleList merged(SampleList one, SampleList other) {
    TreeMap<Long, SampleList.Sample> merged = new TreeMap<>();
    one.samples().forEach(sample -> merged.put(sample.millis(), sample));
    other.samples().forEach(sample -> merged.put(sample.millis(), sample));
    return new SampleList(List.copyOf(merged.values()));
  }

  /** Adds samples in a range, and writes them as a block. */
  Ulid write(int range, MemoryBlockFiles files) throws IOException {
    return write(start(range), add(range), files);
  }

  /** Adds samples between those of a range, and writes them as a newer block. */
  Ulid writeLate(int range, MemoryBlockFiles files) throws IOException {
    return write(start(range) + RANGE / 2, add(start(range) + 1), files);
  }

  private Ulid write(long madeMillis, SortedMap<Labels, SampleList> content, MemoryBlockFiles files)
      throws IOException {
    Ulid ulid = Ulid.of(madeMillis, random);
    long min = Math.floorDiv(madeMillis, RANGE) * RANGE;
    new BlockWriter(files)
        .write(BlockMeta.ofHead(ulid, min, min + RANGE), new ModelCursor(content));
    return ulid;
  }

  /** Removes samples of a series, or of all where the name is {@code .*}. */
  void remove(String name, long fromMillis, long toMillis) {
    all.replaceAll((labels, samples) -> {
      List<SampleList.Sample> left = new ArrayList<>(samples.samples());
      left.removeIf(s ->
          labels.metricName().matches(name) && s.millis() >= fromMillis && s.millis() <= toMillis);
      return new SampleList(left);
    });
    all.values().removeIf(SampleList::isEmpty);
  }

  /** Fails where a source has anything else. */
  void check(String what, SeriesSource source) {
    SortedMap<Labels, SampleList> found = SourceModel.contentOf(source);
    found.values().removeIf(SampleList::isEmpty); // of which several deletions took a part each
    SourceModel.assertSame(what, found, all);
  }

  /** The same from a time on. */
  void checkFrom(SeriesSource source, long fromMillis) {
    SourceModel.compare(source, all, List.of(), fromMillis, start(1000));
  }
}
