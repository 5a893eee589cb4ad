package dnd.metrics.server.head;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.head.CheckpointReader.Summary;
import dnd.metrics.server.head.StoredSeries.StoredPortion;
import dnd.metrics.server.index.LabelIndex;
import dnd.metrics.server.index.LabelPair;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.DurationHistogram;
import dnd.metrics.server.model.Labeled;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.wal.DiskLogFiles;
import dnd.metrics.server.wal.LogCallback;
import dnd.metrics.server.wal.LogEnd;
import dnd.metrics.server.wal.LogFiles;
import dnd.metrics.server.wal.LogOptions;
import dnd.metrics.server.wal.LogReplay;
import dnd.metrics.server.wal.WriteAheadLog;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * What was collected lately, in memory, behind a write-ahead log in a folder. Safe for use by
 * several threads: senders write side by side, readers block nobody.
 *
 * <p>A series belongs to the sender that made it, and only that sender writes it, under the
 * sender's lock. {@code newSeriesLock} guards the making of series and senders: the index, the
 * directory, the counts per service, and the next numbers. Order of locks: see {@link Sender}.
 */
public final class Head implements SeriesSource, Closeable {
  private static final long EVER_MILLIS = Long.MAX_VALUE / 4;

  /** So few that who makes a series does not wait for long. */
  private static final int SERIES_REMOVED_AT_ONCE = 1024;

  private static final int SELECTED_PER_CHECK = 4096;

  private final HeadOptions options;
  private final DataFolder folder;
  private final WriteAheadLog log;
  private final Checkpoints checkpoints;

  /** Set before anybody but the replay has the head. */
  private boolean isReplayed;

  private final ChunkStore chunkStore;
  private final HeadMaintenance maintenance;

  private final SeriesDirectory directory = new SeriesDirectory();
  private final LabelIndex index = new LabelIndex(this::labelsOf);
  private final SeriesTable table = new SeriesTable(directory);
  private final ConcurrentHashMap<SenderId, Sender> senders = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, MetricMetadata> metadata = new ConcurrentHashMap<>();

  private volatile Consumer<String> metadataListener = metricName -> {};

  private final Object newSeriesLock = new Object();
  private final Map<String, ServiceCounts> services = new ConcurrentHashMap<>();
  private int nextSeriesRef;
  private int nextSenderRef;
  private volatile long samplesOfGoneSenders;

  private final Object watchesLock = new Object();
  private volatile WatchSet watches = WatchSet.EMPTY;
  private final WatchCalls watchCalls = new WatchCalls(System::nanoTime);

  /** Made before memory is missing. */
  private final IOException noMemoryForRecord =
      new IOException("memory is missing for the event's record in the log");

  private volatile long cutMillis = Long.MIN_VALUE;

  /** When the last event was received of those that were there when this was opened. */
  private final long receivedBeforeMillis;

  private final AtomicLong deletions = new AtomicLong();

  private volatile boolean closed;

  private Head(
      DataFolder folder,
      LogFiles files,
      HeadOptions options,
      LogOptions logOptions,
      ReplayListener listener)
      throws IOException {
    this.folder = folder;
    this.options = options;
    this.chunkStore = new ChunkStore(files);
    this.checkpoints = new Checkpoints(files, chunkStore);
    HeadReplay replay = new HeadReplay(this, directory);
    long first = 1;
    long highest = 0;
    Summary checkpoint = checkpoints.find(listener::report);
    if (checkpoint != null) {
      highest = checkpoints.load(checkpoint, this, index, replay, listener);
      first = checkpoint.sequence() + 1;
    }
    long[] total = {0};
    LogReplay reader =
        new LogReplay(
            files,
            damage -> listener.report(damage.toString()),
            done -> listener.progress(done, total[0]));
    total[0] = reader.totalBytes(first);
    LogEnd end = reader.run(first, replay).atLeast(highest);
    if (replay.unplaced() > 0) {
      listener.report(
          replay.unplaced()
              + " entries of the log speak of series whose definition is lost: dropped");
    }
    replay.complete(index);
    this.isReplayed = true;
    this.nextSeriesRef = replay.nextSeriesRef();
    this.nextSenderRef = replay.nextSenderRef();
    this.receivedBeforeMillis = lastReceivedMillis();
    this.log = new WriteAheadLog(files, logOptions, end);
    log.afterEachForce(watchCalls::afterForce);
    long uncovered = checkpoints.foundDamage() ? Long.MAX_VALUE / 2 : total[0];
    this.maintenance = new HeadMaintenance(this, options, checkpoint, uncovered);
  }

  /**
   * Opens the folder, made where it does not exist, and brings back what its newest checkpoint and
   * the log behind it hold.
   *
   * @throws IOException with a message of one line for the user where the folder is locked by
   *     another process, belongs to something else, or cannot be read or written
   */
  public static Head open(Path folder, HeadOptions options, ReplayListener listener)
      throws IOException {
    LogOptions logOptions = LogOptions.DEFAULT.withSegmentBytes(options.segmentBytes());
    return open(folder, DiskLogFiles::new, options, logOptions, listener);
  }

  /** Makes the files of the log in a folder. */
  @FunctionalInterface
  interface LogFolder {
    LogFiles open(Path folder) throws IOException;
  }

  /** Opens a folder whose log may be on other files than the disk's, as tests of faults do. */
  static Head open(
      Path folder,
      LogFolder files,
      HeadOptions options,
      LogOptions logOptions,
      ReplayListener listener)
      throws IOException {
    DataFolder data = DataFolder.open(folder);
    boolean opened = false;
    try {
      Head head = new Head(data, files.open(folder.resolve("wal")), options, logOptions, listener);
      opened = true;
      return head;
    } finally {
      if (!opened) {
        data.close();
      }
    }
  }

  /**
   * The sender of that id, made at its first appearance. Keep it: a look-up costs a hash.
   *
   * @throws SenderLimitException where it is not known, and its service has as many as it may
   */
  public Sender sender(SenderId id) throws SenderLimitException {
    Sender known = senders.get(id);
    if (known != null) {
      return known;
    }
    synchronized (newSeriesLock) {
      known = senders.get(id);
      if (known != null) {
        return known;
      }
      ServiceCounts service = service(id.service());
      if (service.senders >= options.senderLimitPerService()) {
        throw new SenderLimitException(id.service(), options.senderLimitPerService());
      }
      return add(id, service, nextSenderRef++);
    }
  }

  private Sender add(SenderId id, ServiceCounts service, int ref) {
    Sender sender = new Sender(this, id, ref);
    senders.put(id, sender);
    service.senders++;
    return sender;
  }

  /** What has the labels of a series, which is not made for that; null where there is none. */
  @Nullable Labeled labelsOf(int ref) {
    DirectoryEntry series = directory.entry(ref);
    if (series != null) {
      return series;
    }
    int place = directory.place(ref);
    return place < 0 ? null : directory.stored().labels(place);
  }

  SeriesDirectory directory() {
    return directory;
  }

  /** A series that is in the head. */
  HeadSeries series(int ref) {
    HeadSeries series = directory.get(ref);
    if (series == null) {
      throw new IllegalStateException("no series has the number " + ref);
    }
    return series;
  }

  @Override
  public boolean isInMemory(long fromMillis, long toMillis) {
    return true;
  }

  @Override
  public List<HeadSeries> select(List<Matcher> matchers, long fromMillis, long toMillis) {
    return select(matchers, fromMillis, toMillis, SearchProgress.UNWATCHED);
  }

  @Override
  public List<HeadSeries> select(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    progress.check();
    RoaringBitmap refs = index.select(matchers, progress::check);
    int left = refs.getCardinality();
    FoundSeries found = new FoundSeries(left);
    IntIterator each = refs.getIntIterator();
    while (each.hasNext()) {
      int ref = each.next();
      if (directory.mayHaveSamples(ref, fromMillis, toMillis)) {
        HeadSeries series = directory.find(ref);
        if (series != null) {
          progress.found(series);
          found.append(series);
        }
      }
      if (--left % SELECTED_PER_CHECK == 0) {
        progress.check();
      }
    }
    return found;
  }

  @Override
  public List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis) {
    return labelNames(matchers, fromMillis, toMillis, SearchProgress.UNWATCHED);
  }

  @Override
  public List<String> labelNames(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    return index.names(numbers(matchers, fromMillis, toMillis, progress));
  }

  @Override
  public List<String> labelValues(
      String name, List<Matcher> matchers, long fromMillis, long toMillis) {
    return labelValues(name, matchers, fromMillis, toMillis, SearchProgress.UNWATCHED);
  }

  @Override
  public List<String> labelValues(
      String name,
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      SearchProgress progress) {
    if (matchers.isEmpty()) {
      return index.values(name, numbers(matchers, fromMillis, toMillis, progress));
    }
    TreeSet<String> values = new TreeSet<>(Labels::compareCodePoints);
    forEach(
        numbers(matchers, fromMillis, toMillis, progress),
        progress,
        ref -> {
          Labeled labels = labelsOf(ref);
          String value = labels == null ? "" : labels.label(name);
          if (!value.isEmpty()) {
            values.add(value);
          }
        });
    return List.copyOf(values);
  }

  private RoaringBitmap numbers(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    progress.check();
    RoaringBitmap numbers = new RoaringBitmap();
    forEach(
        index.select(matchers, progress::check),
        progress,
        ref -> {
          if (directory.mayHaveSamples(ref, fromMillis, toMillis)) {
            numbers.add(ref);
          }
        });
    return numbers;
  }

  /** Looks at each of them, and now and then whether the search goes on. */
  private static void forEach(RoaringBitmap refs, SearchProgress progress, IntConsumer look) {
    IntIterator each = refs.getIntIterator();
    for (int looked = 1; each.hasNext(); looked++) {
      if (looked % SELECTED_PER_CHECK == 0) {
        progress.check();
      }
      look.accept(each.next());
    }
  }

  /**
   * Calls back the commits that one force has made durable within one call of {@code runner}, which
   * runs what it is given at once.
   */
  public void callBackTogether(Consumer<Runnable> runner) {
    log.callBackTogether(runner);
  }

  /**
   * Calls {@code listener} once samples of series that one of the selectors finds, also of such as
   * are yet to be made, have been appended and are on disk. Whoever watches first and looks then
   * misses nothing: what is appended is in sight before the listener hears of it.
   */
  public SeriesWatch watch(List<List<Matcher>> selectors, AppendListener listener) {
    SeriesWatch watch = new SeriesWatch(this, selectors, listener);
    synchronized (watchesLock) {
      watches = watches.with(watch);
    }
    return watch;
  }

  /**
   * Ends some watches and begins others in one step, which costs as much as one {@link #watch},
   * however many they are.
   *
   * @return the watches that began, in order
   */
  public List<SeriesWatch> rewatch(List<SeriesWatch> ended, List<WatchedSeries> begun) {
    List<SeriesWatch> added = new ArrayList<>(begun.size());
    for (WatchedSeries each : begun) {
      added.add(new SeriesWatch(this, each.selectors(), each.listener()));
    }
    ended.forEach(SeriesWatch::silence);
    synchronized (watchesLock) {
      watches = watches.replaced(ended, added);
    }
    return added;
  }

  void unwatch(SeriesWatch watch) {
    synchronized (watchesLock) {
      watches = watches.without(watch);
    }
  }

  WatchSet watches() {
    return watches;
  }

  WatchCalls watchCalls() {
    return watchCalls;
  }

  /** Tells of samples that could not be written when they came: the log tries that again. */
  void tellOnceDurable(AppendNotice notice) {
    if (!closed) {
      log.whenDurable(notice);
    }
  }

  /**
   * Calls {@code listener} with a metric's name when a sender says something new of it. It is
   * called on the sender's thread, under its lock: it must be short and must not block.
   */
  public void watchMetadata(Consumer<String> listener) {
    metadataListener = listener;
  }

  /**
   * Calls back once everything that was appended before is on disk, and after those who wait for it
   * or watch it.
   */
  public void whenDurable(CommitCallback callback) throws HeadUnavailableException {
    checkAvailable();
    log.whenDurable(
        new LogCallback() {
          @Override
          public void committed() {
            watchCalls.run();
            callback.committed();
          }

          @Override
          public void failed(IOException reason) {
            callback.failed(reason);
          }
        });
  }

  /**
   * Waits until everything that was appended before is on disk.
   *
   * @throws IOException while the log cannot be written
   */
  void awaitDurable() throws IOException {
    CompletableFuture<@Nullable IOException> durable = new CompletableFuture<>();
    log.whenDurable(
        new LogCallback() {
          @Override
          public void committed() {
            durable.complete(null);
          }

          @Override
          public void failed(IOException reason) {
            durable.complete(reason);
          }
        });
    try {
      IOException problem = durable.get();
      if (problem != null) {
        throw new IOException("the log cannot be written: " + problem.getMessage(), problem);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the log was forced");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Deletes samples that are there at this moment; when this returns, they would not come back
   * after a power cut either. Blocks are not looked at.
   *
   * @throws IOException while the log cannot be written: a part may be deleted then; and where a
   *     series that lives cannot be read: all else is deleted, and that by the next start
   */
  public void delete(Deletion deletion) throws IOException {
    checkAvailable();
    deletions.incrementAndGet(); // before the first series changes: see HeadCut
    DamagedSeriesException failure = null;
    for (Sender sender : senders.values()) {
      try {
        sender.delete(deletion);
      } catch (DamagedSeriesException e) {
        failure = e;
      }
    }
    awaitDurable();
    if (failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
  }

  /** How many deletions have begun. */
  long deletions() {
    return deletions.get();
  }

  /**
   * Lets everybody who watches series look again, because samples were deleted.
   *
   * @param sender who deleted them
   * @param newestMillis up to when something may be different now
   */
  public void tellDeleted(
      Deletion deletion, SenderId sender, String correlationId, long newestMillis) {
    log.whenDurable(
        new AppendNotice(
            LogCallback.NOBODY,
            this,
            new WatchGroup[] {new WatchGroup(watches.all())},
            sender,
            correlationId,
            Math.min(deletion.fromMillis(), newestMillis),
            newestMillis));
  }

  /** What senders said of their metrics, by metric name. A snapshot. */
  public Map<String, MetricMetadata> metadata() {
    return new TreeMap<>(metadata);
  }

  /** Everybody who has sent, in no order. */
  public List<SenderStatus> senders() {
    List<SenderStatus> all = new ArrayList<>(senders.size());
    for (Sender sender : senders.values()) {
      all.add(sender.status());
    }
    return all;
  }

  public HeadStatus status() {
    long samples = samplesOfGoneSenders;
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (Sender sender : senders.values()) {
      samples += sender.samplesAppended();
      min = Math.min(min, sender.oldestMillis());
      max = Math.max(max, sender.newestMillis());
    }
    IOException problem = log.unavailable();
    return new HeadStatus(
        directory.count(),
        senders.size(),
        samples,
        log.lastSequence(),
        log.statistics().bytes(),
        log.statistics().segments(),
        log.statistics().forces(),
        min,
        max,
        maintenance.figures(),
        problem == null ? null : problem.getMessage());
  }

  /** How long it took to write and force the log, each time. */
  public DurationHistogram forceDurations() {
    return log.forceDurations();
  }

  /** How long each checkpoint took. */
  public DurationHistogram checkpointDurations() {
    return maintenance.checkpointDurations();
  }

  /** How long it took each time to cut what was to be cut into blocks. */
  public DurationHistogram cutDurations() {
    return maintenance.cutDurations();
  }

  /**
   * Writes and forces what is pending, runs its callbacks, and gives the folder free. Batches must
   * be over; a begin after this throws. Doing it again has no effect.
   */
  @Override
  public void close() throws IOException {
    closed = true;
    maintenance.close();
    try {
      log.close();
    } finally {
      folder.close();
    }
  }

  /**
   * Begins to write checkpoints by itself, on a thread of its own, until this is closed; and to cut
   * ranges that are over into blocks, where there is a sink for them.
   */
  public void startMaintenance(@Nullable BlockSink blocks) {
    maintenance.start(blocks);
  }

  /**
   * Cuts the ranges that are over into blocks, and writes a checkpoint where there were any.
   *
   * @return how many blocks were written
   * @throws IOException where that failed: what is not in a block is as it was
   */
  public int cut(BlockSink blocks) throws IOException {
    return maintenance.cut(blocks);
  }

  /** Whether a range is over that was not when ranges were last cut. */
  boolean hasRangeToCut() {
    long end = HeadCut.endMillis(newestMillis());
    return end > cutMillis && hasSamplesBefore(end);
  }

  /** Whether samples came for ranges that were cut before. */
  boolean hasLateToCut() {
    return hasSamplesBefore(cutMillis);
  }

  private boolean hasSamplesBefore(long millis) {
    for (Sender sender : senders.values()) {
      if (sender.oldestMillis() < millis) {
        return true;
      }
    }
    return false;
  }

  /**
   * The end of the last range that is over for all who send what is older than what was cut, as
   * from a site that was cut off for a day; the smallest long where none is, or nobody has samples
   * in it.
   */
  long caughtUpMillis() {
    long end = Long.MAX_VALUE;
    long oldest = Long.MAX_VALUE;
    for (Sender sender : senders.values()) {
      if (sender.oldestMillis() < cutMillis && sender.newestMillis() < cutMillis) {
        end = Math.min(end, HeadCut.endMillis(sender.newestMillis()));
        oldest = Math.min(oldest, sender.oldestMillis());
      }
    }
    return oldest < end ? end : Long.MIN_VALUE;
  }

  /** Time of the newest sample of all; the smallest long for none. */
  long newestMillis() {
    long newest = Long.MIN_VALUE;
    for (Sender sender : senders.values()) {
      newest = Math.max(newest, sender.newestMillis());
    }
    return newest;
  }

  /**
   * Cuts the ranges that are over and end at a time or before; for one thread, while no checkpoint
   * is written.
   */
  int writeBlocks(BlockSink blocks, long atMostMillis, DiskPace pace) throws IOException {
    long newest = newestMillis();
    long end = Math.min(atMostMillis, HeadCut.endMillis(newest));
    HeadCut cut = new HeadCut(this, blocks, newest, end, pace);
    int count = cut.run();
    if (!cut.isOvertaken()) {
      cutMillis = Math.max(cutMillis, end);
    }
    return count;
  }

  /** Everything before this time was cut into blocks, but for what came late since then. */
  long cutMillis() {
    return cutMillis;
  }

  /**
   * What was not cut is here only: since the last cut, or where there was none since the oldest
   * sample. Not of ranges that may be over, though: who had this folder, or the object store,
   * before may have cut those; and nobody knows what time it is until an event was received.
   */
  @Override
  public long completeSinceMillis() {
    long received = lastReceivedMillis();
    if (received == receivedBeforeMillis) {
      return Long.MAX_VALUE;
    }
    long since = cutMillis;
    if (since == Long.MIN_VALUE) {
      since = Long.MAX_VALUE;
      for (Sender sender : senders.values()) {
        since = Math.min(since, sender.oldestMillis());
      }
    }
    return Math.max(since, HeadCut.endMillis(received + futureMillis()));
  }

  /** When the last event was received; the smallest long for none. */
  long lastReceivedMillis() {
    long last = Long.MIN_VALUE;
    for (Sender sender : senders.values()) {
      last = Math.max(last, sender.lastReceivedMillis());
    }
    return last;
  }

  void restoreCut(long millis) {
    cutMillis = millis;
  }

  /**
   * Writes a checkpoint, so that the log's older files can be removed; the head goes on taking in.
   *
   * @throws IOException where that failed, also since a series cannot be read that would be missing
   *     in it: all is as it was then
   */
  public void checkpoint() throws IOException {
    maintenance.checkpoint();
  }

  /** How many checkpoints were written since the process began. */
  long checkpointCount() {
    return maintenance.checkpointCount();
  }

  Summary writeCheckpoint(DiskPace pace) throws IOException {
    return checkpoints.write(this, index, pace);
  }

  /**
   * Copies what is needed to bring the head back into a folder, while it goes on taking in: all
   * that was acknowledged before is in the copy.
   *
   * @return how many files that were
   */
  public int copyLog(Path target) throws IOException {
    maintenance.beginWaiting();
    try {
      return checkpoints.copy(new DiskLogFiles(target));
    } finally {
      maintenance.endWaiting();
    }
  }

  /** Copies what {@link #copyLog(Path)} made, which nobody works with, into another folder. */
  public static void copyLog(Path source, Path target) throws IOException {
    Checkpoints.copy(new DiskLogFiles(source), new DiskLogFiles(target));
  }

  /** All senders, in no order; those that come meanwhile may be missing. */
  List<Sender> allSenders() {
    return List.copyOf(senders.values());
  }

  int nextSeriesRef() {
    synchronized (newSeriesLock) {
      return nextSeriesRef;
    }
  }

  int nextSenderRef() {
    synchronized (newSeriesLock) {
      return nextSenderRef;
    }
  }

  WriteAheadLog log() {
    return log;
  }

  ChunkStore chunkStore() {
    return chunkStore;
  }

  boolean isClosed() {
    return closed;
  }

  /**
   * Moves finished chunks out of the heap.
   *
   * @throws IOException where that failed: those that are in no file stay on the heap
   */
  void storeChunks() throws IOException {
    maintenance.storeChunks();
  }

  /**
   * Moves out of the heap where older finished chunks are.
   *
   * @param atHand so many of a series stay, one at least
   * @param least it is not worth it for fewer
   * @throws IOException where that failed: the others stay there
   */
  void listChunks(int atHand, int least) throws IOException {
    maintenance.listChunks(atHand, least);
  }

  /** Finishes the open chunks of series that have no sample since a time. */
  void finishSilent(long beforeMillis) {
    maintenance.finishSilent(beforeMillis);
  }

  /** While the log is replayed all is in it: what it has was judged when it came. */
  long outOfOrderMillis() {
    return isReplayed ? options.outOfOrderWindow().toMillis() : EVER_MILLIS;
  }

  long futureMillis() {
    return options.futureTolerance().toMillis();
  }

  void checkAvailable() throws HeadUnavailableException {
    if (closed) {
      throw new HeadUnavailableException("the service is stopping");
    }
    IOException problem = log.unavailable();
    if (problem != null) {
      throw new HeadUnavailableException("the log cannot be written: " + problem.getMessage());
    }
  }

  @Nullable HeadSeries find(Labels labels) {
    return table.get(labels);
  }

  /**
   * Makes a series, or returns the one that another thread made; null where the limit is reached.
   */
  @Nullable HeadSeries create(Sender sender, Labels labels) {
    synchronized (newSeriesLock) {
      HeadSeries known = table.get(labels);
      if (known != null) {
        return known;
      }
      ServiceCounts service = service(sender.id().service());
      if (service.series >= options.seriesLimitPerService()) {
        return null;
      }
      int ref = nextSeriesRef++;
      return add(sender, service, index.add(ref, labels), labels.hashCode(), ref);
    }
  }

  /** Series of one sender leave, which its lock is held for; they are not live any more. */
  void remove(List<HeadSeries> gone) {
    for (int from = 0; from < gone.size(); from += SERIES_REMOVED_AT_ONCE) {
      List<HeadSeries> some =
          gone.subList(from, Math.min(gone.size(), from + SERIES_REMOVED_AT_ONCE));
      RoaringBitmap numbers = new RoaringBitmap();
      some.forEach(series -> numbers.add(series.ref));
      Sender sender = some.getFirst().sender;
      synchronized (newSeriesLock) {
        for (HeadSeries series : some) {
          table.remove(series);
          directory.remove(series);
        }
        index.remove(numbers, some.stream().map(HeadSeries::labelPairs).toList());
        service(sender.id().service()).series -= some.size();
        sender.countSeries(-some.size());
      }
    }
  }

  /** A sender without series leaves, whose lock is held. */
  void remove(Sender sender) {
    sender.leave();
    synchronized (newSeriesLock) {
      senders.remove(sender.id(), sender);
      samplesOfGoneSenders += sender.samplesAppended();
      if (--service(sender.id().service()).senders == 0) { // nor has the service any series then
        services.remove(sender.id().service());
      }
    }
  }

  private ServiceCounts service(String name) {
    return services.computeIfAbsent(name, n -> new ServiceCounts());
  }

  private HeadSeries add(
      Sender sender, ServiceCounts service, LabelPair[] labels, int labelsHash, int ref) {
    HeadSeries series = new HeadSeries(labels, directory.neighbor(ref, labels), sender, ref);
    sender.reserveOwned(); // before anybody finds the series: it would be in no checkpoint
    directory.add(series);
    table.add(ref, labelsHash);
    sender.own(ref);
    service.series++;
    sender.countSeries(1);
    return series;
  }

  /** The series of a definition in the log; it is not in the index yet. */
  HeadSeries restore(Sender sender, Labels labels, int ref) {
    synchronized (newSeriesLock) {
      return add(
          sender, service(sender.id().service()), index.pairs(labels), labels.hashCode(), ref);
    }
  }

  /** The series of a portion of a checkpoint; they are not in the index yet, nor in the table. */
  void restore(StoredPortion portion) {
    synchronized (newSeriesLock) {
      int[] refs = portion.refs();
      directory.addStored(refs, directory.stored().addPortion(portion));
      Sender sender = portion.sender();
      sender.own(refs);
      sender.noteTimes(portion.oldestMillis(), portion.newestMillis());
      sender.countSeries(refs.length);
      service(sender.id().service()).series += refs.length;
    }
  }

  /** What is said to whoever waits for a record that could not be handed to the log. */
  IOException noMemoryForRecord() {
    return noMemoryForRecord;
  }

  SeriesTable table() {
    return table;
  }

  /**
   * Makes some of the series of the checkpoint that the log behind it has samples of; whether there
   * are more.
   */
  boolean makePending(int atMost) {
    return directory.stored().makePending(directory, atMost);
  }

  /** The sender of a definition in the log, or out of a checkpoint. */
  Sender restore(SenderId id, int ref) {
    Sender sender = senders.get(id);
    if (sender == null) {
      synchronized (newSeriesLock) { // however many there are: it was judged when it came
        sender = add(id, service(id.service()), ref);
      }
    }
    sender.isInLog = true;
    return sender;
  }

  void noteMetadata(String metricName, MetricMetadata said) {
    if (!said.equals(metadata.put(metricName, said))) {
      metadataListener.accept(metricName);
    }
  }

  /** Whether that was the last word on a metric. */
  boolean hasMetadata(String metricName, MetricMetadata said) {
    return said.equals(metadata.get(metricName));
  }
}
