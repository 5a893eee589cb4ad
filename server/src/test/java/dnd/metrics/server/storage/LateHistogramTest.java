package dnd.metrics.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockWriter;
import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.ModelCursor;
import dnd.metrics.server.block.SampleList;
import dnd.metrics.server.block.SampleList.Sample;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.ArraySource;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryValue;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import dnd.metrics.server.promql.exec.QueryValue.VectorValue;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A counter that began anew beside a histogram that came late: nobody overlooks that. */
class LateHistogramTest {
  private static final long RANGE = Compactor.RANGE_MILLIS;
  private static final long START = 236_007 * RANGE;
  private static final long STEP = 15_000;
  private static final Labels LABELS = Labels.of("__name__", "h");

  private final MemoryBlockFiles files = new MemoryBlockFiles();
  private final QueryEngine engine = new QueryEngine(EngineOptions.defaults());

  private static Histogram histogram(double count) {
    return Histogram.builder()
        .schema(0)
        .count(count)
        .sum(2 * count)
        .positive(Buckets.contiguous(1, count))
        .build();
  }

  private void write(long number, Sample... samples) throws IOException {
    TreeMap<Labels, SampleList> content =
        new TreeMap<>(Map.of(LABELS, new SampleList(List.of(samples))));
    BlockMeta meta = BlockMeta.ofHead(Ulid.of(number, new Random(number)), START, START + RANGE);
    new BlockWriter(files).write(meta, new ModelCursor(content));
  }

  /** The counts 10 and 12 in one chunk, between which the counter did not begin anew. */
  private void writeEarly() throws IOException {
    write(
        1,
        new Sample(START, 0, histogram(10)),
        new Sample(START + 2 * STEP, 0, histogram(12)),
        new Sample(START + 3 * STEP, 0, histogram(13)));
  }

  private double ask(SeriesSource source, String query) {
    QueryValue value =
        engine.instant(source, query, START + 3 * STEP, QueryOptions.defaults()).value();
    List<VectorSample> samples = ((VectorValue) value).samples();
    assertThat(samples).as(query).hasSize(1);
    return samples.getFirst().value();
  }

  private List<Double> answers(SeriesSource source) {
    List<Double> answers = new ArrayList<>();
    for (String query :
        List.of(
            "resets(h[1m])",
            "histogram_count(increase(h[1m]))",
            "histogram_sum(increase(h[1m]))",
            "histogram_quantile(0.5, increase(h[1m])) + histogram_count(increase(h[1m]))")) {
      answers.add(ask(source, query));
    }
    return answers;
  }

  private void compact(Blocks blocks) throws IOException {
    CurrentRetention retention =
        new CurrentRetention(Retention.EVERYTHING, Optional.empty(), Compactor.LONGEST_MILLIS);
    InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(START));
    CompactorTest.compactAll(new Compactor(blocks, retention, clock, new Random(3)));
    assertThat(blocks.ulids()).hasSize(1);
  }

  @Test
  void betweenThoseOfABlockItCountsAsAfterCompaction() throws IOException {
    writeEarly();
    write(2, new Sample(START + STEP, 0, histogram(20)));
    try (Blocks blocks = Blocks.open(files, DownsamplingTest::fail)) {
      Storage storage = new Storage(new ArraySource(), blocks);
      List<Double> before = answers(storage);
      assertThat(before.getFirst()).isOne();
      compact(blocks);
      assertThat(answers(storage)).isEqualTo(before);
    }
  }

  @Test
  void inTheHeadItCountsAsInABlock() throws IOException {
    writeEarly();
    ArraySource head =
        new ArraySource().add(LABELS, START + STEP, new ArraySource.Sample(0, histogram(20)));
    List<Double> before;
    try (Blocks blocks = Blocks.open(files, DownsamplingTest::fail)) {
      before = answers(new Storage(head, blocks));
    }
    assertThat(before.getFirst()).isOne();
    write(2, new Sample(START + STEP, 0, histogram(20)));
    try (Blocks blocks = Blocks.open(files, DownsamplingTest::fail)) {
      compact(blocks);
      assertThat(answers(new Storage(new ArraySource(), blocks))).isEqualTo(before);
    }
  }

  /** What a reader of a part of a chunk says: all of these are told to have gone on. */
  private static SampleReader goingOn(double... counts) {
    List<Sample> samples = new ArrayList<>();
    for (double count : counts) {
      samples.add(
          new Sample(0, 0, histogram(count).withCounterResetHint(CounterResetHint.NOT_RESET)));
    }
    return new SampleList(samples).reader();
  }

  @Test
  void behindAnotherReaderOnlyTheFirstDoesNotKnow() {
    SampleReader chained = new ChainedReader(List.of(goingOn(1, 2), goingOn(3, 4)));
    List<CounterResetHint> hints = new ArrayList<>();
    SampleBatch batch = new SampleBatch();
    while (chained.next(batch)) {
      for (int i = 0; i < batch.size; i++) {
        hints.add(batch.histograms[i].counterResetHint());
      }
    }
    assertThat(hints)
        .containsExactly(
            CounterResetHint.NOT_RESET,
            CounterResetHint.NOT_RESET,
            CounterResetHint.UNKNOWN,
            CounterResetHint.NOT_RESET);
  }
}
