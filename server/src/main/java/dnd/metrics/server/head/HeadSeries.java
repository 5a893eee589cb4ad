package dnd.metrics.server.head;

import static java.util.Objects.requireNonNull;

import dnd.metrics.server.chunk.Chunk;
import dnd.metrics.server.chunk.HistogramChunk;
import dnd.metrics.server.chunk.XorChunk;
import dnd.metrics.server.index.LabelPair;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.wal.EventRecord;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * One series in memory. Its sender writes, within a {@link SenderBatch}; anybody reads, at any time
 * and without a lock.
 *
 * <p>The samples are in three places: chunks, in order of time; behind them, of a series that the
 * service itself adds up, the {@link RunningValue}'s newest sample, which still moves; and beside
 * them what came {@link OutOfOrderSamples out of order}. No time is in two of them.
 *
 * <p>All writing methods are guarded by the sender's lock. Publication, so that a reader misses
 * nothing: a sample is in its chunk before the running value moves on, and a finished chunk is in
 * {@link #finished} before {@link #open} is replaced; so readers take the running value first, then
 * the open chunk, then the finished ones, and pass over what they meet twice.
 */
public final class HeadSeries implements Series, DirectoryEntry {
  static final int SAMPLES_PER_CHUNK = 120;

  /**
   * The first chunk of a range is shorter by up to so many samples: series that begin together, as
   * all do in a new range, would else finish all their chunks together, too, and fill the heap.
   */
  private static final int FIRST_CHUNKS_DIFFER_BY = 90;

  /** A smaller open chunk takes hardly more of the heap than a finished one. */
  private static final int SAMPLES_WORTH_FINISHING = 16;

  /** Chunks do not reach over the ends of these ranges, so that blocks can be cut between them. */
  static final long RANGE_MILLIS = 2 * 60 * 60 * 1000L;

  /** About what a series takes of the heap, but for its labels and its finished chunks. */
  private static final int MADE_BYTES = 200;

  static final Histogram STALE_HISTOGRAM = Histogram.builder().sum(StaleMarker.VALUE).build();
  private static final long NEVER = Long.MIN_VALUE;
  private static final int GONE = -1;
  private static final VarHandle LAST;

  static {
    try {
      LAST = MethodHandles.lookup().findVarHandle(HeadSeries.class, "lastMillis", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * The labels, sorted by name, as the index shares them: the first, mostly the metric's name, and
   * the others, which series of the same thing share.
   */
  private final @Nullable LabelPair firstLabel;

  private final LabelPair[] otherLabels;

  final Sender sender;

  /** Number in the log, in the index and in the directory; it stays the same over restarts. */
  final int ref;

  /** The last of its sender's reports that had this series; {@link #GONE} when it left the head. */
  int reportMark;

  /** Who watches it, of the watches with version {@link #watchVersion}; null where unknown. */
  @Nullable WatchGroup watches;

  private int watchVersion;

  volatile FinishedChunks finished = FinishedChunks.NONE;
  volatile @Nullable Chunk open;
  private volatile @Nullable RareParts rare;

  /** Time of the first sample in {@link #open}. */
  private long openFirstMillis;

  /**
   * Time of the newest sample in the chunks; others than the writer read it through {@link #LAST}.
   */
  private long lastMillis = NEVER;

  private double lastValue;

  private volatile long firstMillis = Long.MAX_VALUE;

  /**
   * @param neighbor a series that may have the same labels but for the first
   */
  HeadSeries(LabelPair[] labels, @Nullable HeadSeries neighbor, Sender sender, int ref) {
    this.firstLabel = labels.length == 0 ? null : labels[0];
    if (labels.length == 0) {
      this.otherLabels = labels;
    } else if (neighbor != null && neighbor.hasOtherLabels(labels)) {
      this.otherLabels = neighbor.otherLabels;
    } else {
      this.otherLabels = Arrays.copyOfRange(labels, 1, labels.length);
    }
    this.sender = sender;
    this.ref = ref;
  }

  /** One that was parked, with the labels that it had. */
  HeadSeries(@Nullable LabelPair firstLabel, LabelPair[] otherLabels, Sender sender, int ref) {
    this.firstLabel = firstLabel;
    this.otherLabels = otherLabels;
    this.sender = sender;
    this.ref = ref;
  }

  /** Made of the shared strings at each call: a series in memory keeps none of its own. */
  @Override
  public Labels labels() {
    LabelPair first = firstLabel;
    return first == null ? Labels.empty() : LabelPair.labels(first, otherLabels);
  }

  @Override
  public int newLabelBytes() {
    return Labels.heapBytes(otherLabels.length + 1);
  }

  /** One that was made to be read from is nobody else's. */
  @Override
  public long selectedBytes() {
    return isLive() ? 0 : MADE_BYTES + 12L * finished.size();
  }

  @Override
  public String label(String name) {
    LabelPair first = firstLabel;
    return first == null ? "" : LabelPair.value(first, otherLabels, name);
  }

  @Override
  public Labels keep(Collection<String> names) {
    return labels(names, true);
  }

  @Override
  public Labels without(Collection<String> names) {
    return labels(names, false);
  }

  private Labels labels(Collection<String> names, boolean areWanted) {
    LabelPair first = firstLabel;
    return first == null ? Labels.empty() : LabelPair.labels(first, otherLabels, names, areWanted);
  }

  /** A new array of all labels, sorted by name. */
  LabelPair[] labelPairs() {
    LabelPair first = firstLabel;
    return first == null ? otherLabels : LabelPair.pairs(first, otherLabels);
  }

  /** Whether these labels, but for the first, are those of this series. */
  boolean hasOtherLabels(LabelPair[] labels) {
    return Arrays.equals(
        otherLabels, 0, otherLabels.length, labels, Math.min(1, labels.length), labels.length);
  }

  /** As {@link Labels#compareTo} orders their labels. */
  static int compareLabels(HeadSeries a, HeadSeries b) {
    LabelPair first = a.firstLabel;
    LabelPair second = b.firstLabel;
    if (first == null || second == null) {
      return Boolean.compare(first != null, second != null);
    }
    int c = first.compareTo(second);
    return c != 0 ? c : LabelPair.compare(a.otherLabels, b.otherLabels);
  }

  boolean hasLabels(Labels labels) {
    LabelPair first = firstLabel;
    if (first == null) {
      return labels.isEmpty();
    }
    LabelPair[] others = otherLabels;
    if (labels.size() != others.length + 1 || !first.isIn(labels, 0)) {
      return false;
    }
    for (int i = others.length; i > 0; i--) {
      if (!others[i - 1].isIn(labels, i)) {
        return false;
      }
    }
    return true;
  }

  /** {@link Labels#hashCode} of the labels. */
  int labelsHash() {
    return LabelPair.hash(labelPairs());
  }

  @Nullable RunningValue running() {
    RareParts parts = rare;
    return parts == null ? null : parts.running;
  }

  @Nullable OutOfOrderSamples outOfOrder() {
    RareParts parts = rare;
    return parts == null ? null : parts.outOfOrder;
  }

  private @Nullable Histogram lastHistogram() {
    RareParts parts = rare;
    return parts == null ? null : parts.lastHistogram;
  }

  private void setLastHistogram(@Nullable Histogram histogram) {
    if (histogram != null || rare != null) {
      rareForWriting().lastHistogram = histogram;
    }
  }

  private RareParts rareForWriting() {
    RareParts parts = rare;
    if (parts == null) {
      parts = new RareParts();
      rare = parts;
    }
    return parts;
  }

  /** Whether it has no sample yet. For the sender's thread, within a batch. */
  public boolean isEmpty() {
    return newestMillis() == NEVER;
  }

  /**
   * Whether it may still be appended to: series leave the head when blocks have their samples. A
   * sender's side that keeps series from batch to batch asks this first, within the batch; a series
   * that is not live is to be resolved anew.
   */
  public boolean isLive() {
    return reportMark != GONE;
  }

  /**
   * Brings what the next append needs into the processor's cache. Called for all series of an event
   * one after the other, it lets them be fetched side by side, where each append would wait for its
   * own. What it returns means nothing.
   */
  public int touch() {
    int some = (int) lastMillis + (isLive() ? 1 : 0);
    return open instanceof XorChunk floats ? some + floats.touch() : some;
  }

  @Override
  public SampleReader read(long fromMillis, long toMillis) {
    HeadReader reader = new HeadReader(this, fromMillis, toMillis);
    HeadSeries again = reader.isOfParked() ? sender.head.directory().toRead(ref) : null;
    return again == null ? reader : again.read(fromMillis, toMillis);
  }

  /**
   * The newest of all, or where that came behind the second time one of the open chunk: while a
   * query runs, series that it is yet to look at get samples. A value that the service adds up has
   * its newest elsewhere.
   */
  @Override
  public boolean readNewest(long fromMillis, long toMillis, SampleBatch batch) {
    // The order of these reads is the reverse of the writer's: see the class. The time comes last,
    // so that it is not one from before a deletion that the chunk has anew.
    RunningValue running = running();
    Chunk chunk = open;
    long last = (long) LAST.getAcquire(this);
    if (running != null || chunk == null || last < fromMillis) {
      return false;
    }
    OutOfOrderSamples late = outOfOrder();
    if (last <= toMillis
        && (late == null || !late.reach(last))
        && chunk instanceof XorChunk floats
        && floats.copyNewest(last, batch)) {
      return true;
    }
    if (late != null || finished.lastMillis() >= toMillis) {
      return false;
    }
    chunk.decode(batch);
    return batch.keepLastUpTo(toMillis) && batch.timestamps[0] >= fromMillis;
  }

  /** Time of the newest sample; {@link Long#MIN_VALUE} where there is none. */
  @Override
  public long newestMillis() {
    RunningValue r = running();
    long last = (long) LAST.getAcquire(this);
    return r == null ? last : Math.max(last, r.timeMillis());
  }

  @Override
  public long oldestMillis() {
    return firstMillis;
  }

  /** Whether the newest sample says that the series has ended. */
  boolean isStale() {
    RunningValue r = running();
    if (lastMillis == NEVER || (r != null && r.isOpen())) {
      return false;
    }
    Histogram h = lastHistogram();
    return h == null ? StaleMarker.is(lastValue) : h.isStaleMarker();
  }

  /** Who of these watches it. */
  WatchGroup watches(WatchSet all) {
    WatchGroup known = watches;
    if (known == null || watchVersion != all.version()) {
      known = all.find(labels());
      watches = known;
      watchVersion = all.version();
    }
    return known;
  }

  AppendOutcome append(long timeMillis, double value) {
    if (timeMillis > lastMillis && running() == null) {
      appendInOrder(timeMillis, value);
      return AppendOutcome.ACCEPTED;
    }
    return appendLate(timeMillis, value, null);
  }

  AppendOutcome append(long timeMillis, Histogram histogram) {
    if (timeMillis > lastMillis && running() == null) {
      appendInOrder(timeMillis, histogram);
      return AppendOutcome.ACCEPTED;
    }
    return appendLate(timeMillis, 0, histogram);
  }

  private AppendOutcome appendLate(long timeMillis, double value, @Nullable Histogram histogram) {
    boolean stale = histogram == null ? StaleMarker.is(value) : histogram.isStaleMarker();
    RunningValue r = running();
    if (r != null && timeMillis > newestMillis()) {
      settle(r);
      if (!stale) { // whole values from now on: the running one is over
        rareForWriting().running = null;
      }
    }
    if (timeMillis > lastMillis && (r == null || timeMillis > r.timeMillis())) {
      if (histogram == null) {
        appendInOrder(timeMillis, value);
      } else {
        appendInOrder(timeMillis, histogram);
      }
      return AppendOutcome.ACCEPTED;
    }
    if (r != null && r.isOpen() && timeMillis == r.timeMillis()) {
      return AppendOutcome.CONFLICT;
    }
    if (timeMillis == lastMillis) {
      return sameSample(lastValue, lastHistogram(), value, histogram);
    }
    if (timeMillis < newestMillis() - sender.outOfOrderMillis()) {
      return AppendOutcome.TOO_OLD;
    }
    return insert(timeMillis, value, histogram);
  }

  private static AppendOutcome sameSample(
      double value, @Nullable Histogram histogram, double otherValue, @Nullable Histogram other) {
    boolean same =
        histogram == null
            ? other == null
                && Double.doubleToRawLongBits(value) == Double.doubleToRawLongBits(otherValue)
            : histogram.equals(other);
    return same ? AppendOutcome.DUPLICATE : AppendOutcome.CONFLICT;
  }

  private AppendOutcome insert(long timeMillis, double value, @Nullable Histogram histogram) {
    SampleBatch found = sender.scratch();
    boolean isThere;
    try {
      isThere = read(timeMillis, timeMillis).next(found);
    } catch (DamagedSeriesException e) {
      return AppendOutcome.DAMAGED; // it is noted
    }
    if (isThere) {
      Histogram[] h = found.histograms;
      return sameSample(found.values[0], h == null ? null : h[0], value, histogram);
    }
    OutOfOrderSamples samples = outOfOrder();
    if (samples == null) {
      samples = new OutOfOrderSamples();
      samples.insert(timeMillis, value, histogram);
      rareForWriting().outOfOrder = samples;
    } else {
      samples.insert(timeMillis, value, histogram);
    }
    if (timeMillis < firstMillis) {
      firstMillis = timeMillis;
    }
    return AppendOutcome.ACCEPTED;
  }

  private void appendInOrder(long timeMillis, double value) {
    Chunk chunk = open;
    if (chunk instanceof XorChunk floats && !isFull(floats.size()) && isInOpenRange(timeMillis)) {
      floats.append(timeMillis, value);
    } else {
      XorChunk next = chunk instanceof XorChunk before ? before.follow() : new XorChunk();
      next.append(timeMillis, value);
      finish(chunk); // not before there is memory for the next one: it would be finished again
      begin(timeMillis, next);
    }
    lastValue = value;
    if (lastHistogram() != null) {
      setLastHistogram(null);
    }
    LAST.setRelease(this, timeMillis); // a volatile write would cost as much as the sample
  }

  private void appendInOrder(long timeMillis, Histogram histogram) {
    RareParts parts = rareForWriting(); // first, as there may be no memory for it
    Chunk chunk = open;
    if (chunk instanceof HistogramChunk histograms
        && !isFull(histograms.size())
        && isInOpenRange(timeMillis)) {
      HistogramChunk after = histograms.append(timeMillis, histogram);
      if (after != histograms) {
        if (after.size() == 1) { // it did not fit and begins a chunk of its own
          finish(chunk);
          begin(timeMillis, after);
        } else {
          open = after;
        }
      }
    } else {
      HistogramChunk next =
          chunk instanceof HistogramChunk before
              ? before.follow(timeMillis, histogram)
              : HistogramChunk.start(timeMillis, histogram);
      finish(chunk); // as above
      begin(timeMillis, next);
    }
    parts.lastHistogram = histogram;
    LAST.setRelease(this, timeMillis); // a volatile write would cost as much as the sample
  }

  private boolean isFull(int samples) {
    return samples >= SAMPLES_PER_CHUNK
        || (samples == SAMPLES_PER_CHUNK - ref % FIRST_CHUNKS_DIFFER_BY
            && !isInOpenRange(finished.lastMillis()));
  }

  private boolean isInOpenRange(long timeMillis) {
    return Math.floorDiv(timeMillis, RANGE_MILLIS) == Math.floorDiv(openFirstMillis, RANGE_MILLIS);
  }

  private void begin(long timeMillis, Chunk chunk) {
    openFirstMillis = timeMillis;
    if (timeMillis < firstMillis) {
      firstMillis = timeMillis;
    }
    open = chunk;
  }

  private void finish(@Nullable Chunk chunk) {
    if (chunk != null) {
      ChunkPlace place = sender.head.chunkStore().add(chunk, openFirstMillis, lastMillis);
      try {
        finished = finished.plus(openFirstMillis, lastMillis, place);
      } catch (OutOfMemoryError e) {
        place.file().release(); // the file would never be removed
        throw e;
      }
    }
  }

  /**
   * Adds to the running total.
   *
   * @return the total; NaN where the addition came too late
   */
  double addDelta(long timeMillis, double delta) {
    if (timeMillis < oldestAccepted()) {
      return Double.NaN;
    }
    double before;
    if (running() instanceof RunningTotal total) {
      before = total.value();
    } else {
      boolean goesOn =
          running() == null
              && lastMillis != NEVER
              && lastHistogram() == null
              && Double.isFinite(lastValue);
      before = goesOn ? lastValue : 0;
    }
    double total = before + delta;
    setTotal(timeMillis, total);
    return total;
  }

  /**
   * The finished chunks, with those at hand that may have samples between two times; for any
   * thread. Null where it has others by now, and files that these were in are gone.
   *
   * @throws DamagedSeriesException where a list of them turned over on the disk, which is noted
   */
  @SuppressWarnings("ReferenceEquality") // of immutable ones that follow each other
  @Nullable FinishedChunks finishedAtHand(long fromMillis, long toMillis) {
    FinishedChunks all = finished;
    FinishedChunks wanted;
    try {
      wanted = all.between(fromMillis, toMillis, sender.head.chunkStore());
    } catch (DamagedSeriesException e) {
      throw noted(e);
    }
    if (wanted == null && all == finished) {
      throw new IllegalStateException("a file is gone in which the series " + labels() + " is");
    }
    return wanted;
  }

  /** All finished chunks at hand, for the thread with the sender's lock; else the same. */
  private FinishedChunks allFinished() {
    try {
      return finished.all(sender.head.chunkStore());
    } catch (DamagedSeriesException e) {
      throw noted(e);
    }
  }

  private DamagedSeriesException noted(DamagedSeriesException e) {
    sender.head.directory().noteDamaged(this, e);
    return e;
  }

  /** As {@link FinishedChunks#decode}, for any thread; what is damaged is noted. */
  byte[] decode(FinishedChunks some, int i, SampleBatch batch, byte[] room) {
    try {
      return some.decode(i, batch, room, sender.head.chunkStore());
    } catch (DamagedSeriesException e) {
      throw noted(e);
    }
  }

  /**
   * Looks at all of it; for any thread.
   *
   * @throws DamagedSeriesException where a list of its chunks or a chunk turned over on the disk,
   *     which is noted
   */
  void check() {
    FinishedChunks all;
    do { // again where what was there was cut or deleted before it was at hand
      all = finishedAtHand(Long.MIN_VALUE, Long.MAX_VALUE);
    } while (all == null);
    check(all);
  }

  private void check(FinishedChunks all) {
    try {
      all.check(0, all.size(), sender.head.chunkStore());
    } catch (DamagedSeriesException e) {
      throw noted(e);
    }
  }

  private long oldestAccepted() {
    long newest = newestMillis();
    return newest == NEVER ? NEVER : newest - sender.outOfOrderMillis();
  }

  /**
   * Makes {@code total} the newest sample, at {@code timeMillis} or where the newest is already.
   */
  void setTotal(long timeMillis, double total) {
    RunningTotal state;
    if (running() instanceof RunningTotal current) {
      state = current;
    } else {
      settleIfAny();
      state = new RunningTotal();
    }
    settleBefore(state, timeMillis);
    state.set(Math.max(timeMillis, firstFreeMillis(state)), total);
    publish(state);
  }

  /** Counts an observation in the running histogram; false where it came too late. */
  boolean observe(long timeMillis, double value) {
    if (timeMillis < oldestAccepted()) {
      return false;
    }
    RunningHistogram state;
    if (running() instanceof RunningHistogram current) {
      state = current;
    } else {
      settleIfAny();
      state = new RunningHistogram();
    }
    settleBefore(state, timeMillis);
    state.observe(Math.max(timeMillis, firstFreeMillis(state)), value);
    publish(state);
    return true;
  }

  private long firstFreeMillis(RunningValue state) {
    if (state.isOpen()) {
      return state.timeMillis();
    }
    return freeMillis(NEVER);
  }

  /**
   * That time, or just behind the newest sample but for a running one. What came out of order may
   * be behind what the chunks have, where samples of them were deleted.
   */
  private long freeMillis(long millis) {
    long newest = lastMillis;
    OutOfOrderSamples late = outOfOrder();
    if (late != null) {
      newest = Math.max(newest, late.newestRun().lastMillis());
    }
    return newest == NEVER ? millis : Math.max(millis, newest + 1);
  }

  private void publish(RunningValue state) {
    if (state.timeMillis() < firstMillis) {
      firstMillis = state.timeMillis();
    }
    rareForWriting().running = state;
  }

  private void settleIfAny() {
    RunningValue r = running();
    if (r != null) {
      settle(r);
    }
  }

  /** Lets the newest sample stand where it is when the time has come for one behind it. */
  private void settleBefore(RunningValue state, long timeMillis) {
    if (state.isOverAt(timeMillis)) {
      settle(state);
    }
  }

  private void settle(RunningValue state) {
    if (state.isOpen()) {
      switch (state) {
        case RunningTotal total -> appendInOrder(total.timeMillis(), total.value());
        case RunningHistogram histogram ->
            appendInOrder(histogram.timeMillis(), histogram.toHistogram());
      }
      state.close();
    }
  }

  /** Marks the series as ended, at {@code timeMillis} or just behind its newest sample. */
  long appendStaleMarker(long timeMillis) {
    boolean histograms = running() instanceof RunningHistogram || lastHistogram() != null;
    settleIfAny();
    long at = freeMillis(timeMillis);
    if (histograms) {
      appendInOrder(at, STALE_HISTOGRAM);
    } else {
      appendInOrder(at, StaleMarker.VALUE);
    }
    return at;
  }

  /**
   * What there is before a time, which is the end of a range, as it will not change any more; null
   * for nothing.
   */
  @Nullable SeriesCut cutBefore(long endMillis) {
    if (firstMillis >= endMillis) {
      return null;
    }
    RunningValue r = running();
    if (r != null && r.isOpen() && r.timeMillis() < endMillis) {
      settle(r);
    }
    Chunk chunk = open;
    if (chunk != null && lastMillis < endMillis) {
      finish(chunk);
      open = null; // behind the finished one, which readers look for later
    }
    OutOfOrderSamples late = outOfOrder();
    return SeriesCut.of(
        this,
        finished.before(endMillis), // no chunk reaches over the end of a range
        late == null ? SeriesCut.NOTHING_LATE : late.timesBefore(endMillis));
  }

  /**
   * Where no sample came since a time: finishes the open chunk, if that is worth it, and lets go of
   * who watched it, which may be over by now; who watches it is found again when a sample comes.
   *
   * @return whether that is so
   */
  boolean finishIfSilent(long beforeMillis) {
    if (newestMillis() >= beforeMillis) {
      return false;
    }
    watches = null;
    Chunk chunk = open;
    if (chunk != null && (chunk.size() >= SAMPLES_WORTH_FINISHING || isStale())) {
      finish(chunk);
      open = null; // behind the finished one, which readers look for later
    }
    return true;
  }

  /**
   * The same series with as little as possible in memory; for the thread with the sender's lock,
   * which puts it in the place of this one, and {@link #empty empties} this one then. Null while a
   * finished chunk is in no file yet, or a list of them is damaged.
   *
   * @param room to write in
   */
  @Nullable ParkedSeries park(CheckpointBytes room, EventRecord scratch, ChunkFileUses uses) {
    if (!finished.areOnDisk()) {
      return null;
    }
    room.clear();
    try {
      write(room, scratch, uses);
    } catch (DamagedSeriesException e) {
      return null; // it is noted
    }
    return new ParkedSeries(firstLabel, otherLabels, this, room.copy());
  }

  /**
   * Lets go of its chunks, once it is parked: who writes it may keep it for long, and finds that it
   * is not live; who reads it finds what it had where it is parked.
   */
  void empty() {
    leave();
    FinishedChunks all = finished;
    finished = FinishedChunks.PARKED; // before the open one goes: readers look for it later
    open = null;
    all.releaseLists(); // what is parked has all of them in one list
  }

  /** Puts older finished chunks into lists, as {@link FinishedChunks#list}. */
  void listOlderChunks(int atHand, int least, CheckpointBytes room, ChunkFileUses uses) {
    int before;
    try {
      do {
        before = finished.size();
        finished = finished.list(atHand, least, sender.head.chunkStore(), room, uses);
      } while (finished.size() < before);
    } catch (DamagedSeriesException e) {
      sender.head.directory().noteDamaged(this, e); // they stay at hand
    }
  }

  /** The same of one that was just made to stand for one that is parked. */
  void beParked(long oldestMillis, long newestMillis) {
    firstMillis = oldestMillis;
    LAST.setRelease(this, newestMillis);
    empty();
  }

  /** Forgets what a cut has between two times, the second not included; blocks have it. */
  void forget(SeriesCut cut, long fromMillis, long toMillis) {
    FinishedChunks all = finished;
    int count = cut.chunkCount(fromMillis, toMillis);
    if (count > 0) { // ranges are cut in order, so they are the first
      FinishedChunks first = all.between(Long.MIN_VALUE, toMillis - 1, sender.head.chunkStore());
      finished = all.withoutFirst(count);
      for (int i = 0; i < count; i++) {
        requireNonNull(first).release(i);
      }
      all.releaseLists(count);
    }
    OutOfOrderSamples late = outOfOrder();
    if (late != null && cut.hasLate(fromMillis, toMillis)) {
      late.remove(cut.lateMillis(fromMillis, toMillis));
      if (late.isEmpty()) {
        rareForWriting().outOfOrder = null;
      }
    }
    firstMillis = earliestMillis();
  }

  /**
   * Deletes the samples between two times, both included: it is then as if they had never come. A
   * running value goes on where it stood, though the sample that showed it is gone.
   *
   * @throws DamagedSeriesException where a list of its chunks or a chunk turned over on the disk:
   *     nothing is deleted
   */
  void delete(long fromMillis, long toMillis) {
    if (!mayHaveSamples(fromMillis, toMillis)) {
      return;
    }
    RunningValue r = running();
    if (r != null && r.isOpen() && fromMillis <= r.timeMillis() && r.timeMillis() <= toMillis) {
      settle(r);
    }
    deleteFromChunks(new ChunkRemainder(fromMillis, toMillis, sender.head.chunkStore()));
    OutOfOrderSamples late = outOfOrder();
    if (late != null) {
      late.removeBetween(fromMillis, toMillis);
      if (late.isEmpty()) {
        rareForWriting().outOfOrder = null;
      }
    }
    if (fromMillis <= lastMillis && lastMillis <= toMillis) {
      goBackToNewest();
    }
    firstMillis = earliestMillis();
  }

  /** Finished chunks change before the open one does: see the class block on what readers do. */
  private void deleteFromChunks(ChunkRemainder remainder) {
    boolean changed = false;
    FinishedChunks before = finished;
    FinishedChunks all = allFinished();
    check(all);
    for (int i = 0; i < all.size(); i++) {
      changed |= remainder.add(all, i);
    }
    Chunk last = open;
    boolean openChanged = last != null && remainder.add(last, openFirstMillis, lastMillis);
    if (changed || openChanged) {
      finished = remainder.chunks();
      remainder.releaseReplaced(all);
      before.releaseLists();
    }
    if (openChanged) {
      open = null;
    }
  }

  /** The newest sample of the chunks is deleted: the one that is the newest now counts. */
  private void goBackToNewest() {
    long newest = NEVER;
    lastValue = 0;
    setLastHistogram(null);
    FinishedChunks chunks = finished;
    if (!chunks.isEmpty()) {
      SampleBatch batch = sender.scratch();
      decode(chunks, chunks.size() - 1, batch, FinishedChunks.NO_ROOM);
      int at = batch.size - 1;
      Histogram[] histograms = batch.histograms;
      newest = batch.timestamps[at];
      lastValue = histograms == null ? batch.values[at] : 0;
      setLastHistogram(histograms == null ? null : histograms[at]);
    }
    OutOfOrderSamples late = outOfOrder();
    if (late != null && late.newestRun().lastMillis() > newest) {
      OutOfOrderSamples.Run run = late.newestRun();
      int at = run.size - 1;
      newest = run.lastMillis();
      lastValue = run.histograms == null ? run.values[at] : 0;
      setLastHistogram(run.histograms == null ? null : run.histograms[at]);
    }
    LAST.setRelease(this, newest);
  }

  /**
   * Whether it may leave the head: it has no sample there and none in the ranges that are not cut
   * yet. One that the service adds up stays until it has ended or its newest sample is as old as
   * {@code rememberedMillis}.
   */
  boolean isOver(long endMillis, long rememberedMillis) {
    return firstMillis == Long.MAX_VALUE
        && newestMillis() < endMillis
        && (running() == null || isStale() || newestMillis() < rememberedMillis);
  }

  /**
   * It is not to be appended to any more; for the thread with the sender's lock, or of one that
   * nobody else has.
   */
  void leave() {
    reportMark = GONE;
  }

  /** Everything but labels and numbers, for a checkpoint; for the thread with the sender's lock. */
  void write(CheckpointBytes out, EventRecord scratch, ChunkFileUses uses) {
    Chunk chunk = open;
    RunningValue r = running();
    OutOfOrderSamples late = outOfOrder();
    Histogram histogram = lastHistogram();
    int parts = lastMillis == NEVER ? 0 : SeriesParts.NEWEST;
    parts |= histogram == null ? 0 : SeriesParts.NEWEST_IS_HISTOGRAM;
    parts |= chunk == null ? 0 : SeriesParts.OPEN_CHUNK;
    parts |= r == null ? 0 : r instanceof RunningTotal ? SeriesParts.TOTAL : SeriesParts.OBSERVED;
    parts |= late == null ? 0 : SeriesParts.OUT_OF_ORDER;
    out.single(parts);
    if (lastMillis != NEVER) {
      out.signed(lastMillis);
      if (histogram == null) {
        out.raw(lastValue);
      } else {
        scratch.begin(0);
        scratch.histogram(0, lastMillis, histogram);
        scratch.end(0, null, null, false, null, 0);
        out.record(scratch);
      }
    }
    allFinished().write(out, uses);
    if (chunk != null) {
      out.signed(openFirstMillis);
      SeriesParts.write(chunk, out);
    }
    if (r != null) {
      r.write(out);
    }
    if (late != null) {
      late.write(out, scratch);
    }
  }

  /** Takes over what {@link #write} wrote; of a new series, before anybody else sees it. */
  void read(CheckpointCursor in, SeriesParts parts) {
    int flags = in.single();
    if ((flags & SeriesParts.NEWEST) != 0) {
      lastMillis = in.signed();
      if ((flags & SeriesParts.NEWEST_IS_HISTOGRAM) != 0) {
        setLastHistogram(parts.readHistogram(in));
      } else {
        lastValue = in.raw();
      }
    }
    FinishedChunks.Builder chunks = new FinishedChunks.Builder();
    FinishedChunks.read(in, sender.head.chunkStore(), chunks);
    long finishedAtMost = lastMillis;
    if ((flags & SeriesParts.OPEN_CHUNK) != 0) {
      openFirstMillis = in.signed();
      open = SeriesParts.readChunk(in, lastMillis, lastValue);
      finishedAtMost = openFirstMillis - 1;
    }
    finished = chunks.build(sender.head.chunkStore(), finishedAtMost);
    if ((flags & SeriesParts.TOTAL) != 0) {
      rareForWriting().running = RunningTotal.read(in);
    } else if ((flags & SeriesParts.OBSERVED) != 0) {
      rareForWriting().running = RunningHistogram.read(in);
    }
    if ((flags & SeriesParts.OUT_OF_ORDER) != 0) {
      rareForWriting().outOfOrder = parts.readOutOfOrder(in);
    }
    firstMillis = earliestMillis();
  }

  /** Time of the first sample that is there. */
  private long earliestMillis() {
    long earliest = Long.MAX_VALUE;
    FinishedChunks chunks = finished;
    RunningValue r = running();
    OutOfOrderSamples late = outOfOrder();
    if (!chunks.isEmpty()) {
      earliest = chunks.earliestMillis();
    } else if (open != null) {
      earliest = openFirstMillis;
    } else if (r != null && r.isOpen()) {
      earliest = r.timeMillis();
    }
    return late == null ? earliest : Math.min(earliest, late.earliestMillis());
  }

  /** Whether the newest sample in the chunks is a histogram. */
  boolean endsInHistogram() {
    return lastHistogram() != null;
  }
}
