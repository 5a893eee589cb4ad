package dnd.metrics.server.storage;

import dnd.metrics.server.block.BlockFiles;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.objects.ObjectStore;
import dnd.metrics.server.objects.StoreFolder;
import dnd.metrics.server.objects.StoredObject;
import dnd.metrics.server.upkeep.Upkeep;
import java.io.Closeable;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an object store as it should be, on a thread of its own: puts blocks that are not there,
 * removes those that are over or that others were made of, and removes local copies of those that
 * are there and need not be here. What it decides, it decides anew each time by what is there, so
 * that it may be broken off anywhere. While the store is away everything local goes on, and nothing
 * is removed here.
 */
public final class ObjectMaintenance implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectMaintenance.class);

  /** Where downsampled blocks are: they are no series that one reads beside the raw ones. */
  private static final String DOWNSAMPLED = "downsampled/";

  /** So long is waited at the end, twice at most. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final String AGGREGATE_LABEL = "dnd_metrics_aggregate";

  private final ObjectStore store;
  private final BlockCache cache;
  private final InstantSource clock;

  /**
   * By the folders of the store that they are for: of raw blocks first, then of each kind of
   * downsampled ones.
   */
  private final Map<String, ObjectPass> passes = new LinkedHashMap<>();

  private final Upkeep upkeep =
      new Upkeep("objects", TimeUnit.SECONDS.toNanos(15), TimeUnit.MINUTES.toNanos(2));

  /** What failed the last time: the store, or some of its folders. */
  private final Set<String> failing = new HashSet<>();

  private final AtomicLong failures = new AtomicLong();

  private volatile @Nullable String problem = "it was not looked at yet";
  private volatile OptionalLong awaySince = OptionalLong.empty();

  private ObjectMaintenance(ObjectStore store, BlockCache cache, InstantSource clock) {
    this.store = store;
    this.cache = cache;
    this.clock = clock;
  }

  /**
   * Lets blocks be read from an object store too; before anybody reads them.
   *
   * @param downsampled go there as well, each kind into a folder of its own
   * @param waitingOf which of all raw blocks that are here downsampled ones are to be made of yet
   * @param cache where files of blocks in the store are kept while they are read; emptied
   * @param labels whose samples they are, for Thanos's tools
   */
  public static ObjectMaintenance open(
      Blocks blocks,
      DownsampledBlocks downsampled,
      Function<List<BlockMeta>, Set<Ulid>> waitingOf,
      ObjectStore store,
      BlockFiles cache,
      Map<String, String> labels,
      ObjectSettings settings,
      CurrentRetention retention,
      InstantSource clock)
      throws IOException {
    ObjectMaintenance all =
        new ObjectMaintenance(store, new BlockCache(cache, settings.cacheBytes()), clock);
    all.add("", blocks, waitingOf, store, labels, settings, retention);
    for (Map.Entry<Downsampling, Blocks> each : downsampled.all().entrySet()) {
      Downsampling kind = each.getKey();
      Map<String, String> ownLabels = new LinkedHashMap<>(labels);
      ownLabels.put(AGGREGATE_LABEL, kind.aggregate().toString());
      long kept = downsampled.times().keptMillis(kind.resolutionMillis());
      String folder = DOWNSAMPLED + kind + "/";
      all.add(
          folder,
          each.getValue(),
          made -> Set.of(),
          new StoreFolder(store, folder),
          ownLabels,
          settings.withoutLocalBytes(),
          new CurrentRetention(
              new Retention(kept, Long.MAX_VALUE, List.of()), Optional.empty(), Long.MAX_VALUE));
    }
    return all;
  }

  private void add(
      String name,
      Blocks blocks,
      Function<List<BlockMeta>, Set<Ulid>> waitingOf,
      ObjectStore folder,
      Map<String, String> labels,
      ObjectSettings settings,
      CurrentRetention retention)
      throws IOException {
    ObjectPass pass =
        new ObjectPass(
            blocks,
            waitingOf,
            new BlockObjects(folder, labels, clock),
            cache,
            settings,
            retention,
            clock,
            upkeep::isClosed);
    passes.put(name, pass);
  }

  /** Begins: looks at once, and again and again. */
  public void start() {
    upkeep.startAtOnce(this::run, failure -> {}); // which was said, for each folder by itself
  }

  /**
   * Does what there is to do. A folder that fails keeps no other from its turn, as long as the
   * store answers.
   *
   * @throws IOException where the store, or the disk, does not let it; the others of several behind
   *     the first
   */
  synchronized void run() throws IOException {
    List<StoredObject> there;
    try {
      there = store.list("");
      failing.remove(store.describe());
    } catch (IOException | RuntimeException | Error e) {
      setUnknown(failed(store.describe(), e));
      throw e;
    }
    lookFirst(there);
    IOException failure = null;
    for (Map.Entry<String, ObjectPass> each : passes.entrySet()) {
      String folder = each.getKey();
      if (failure != null && !goesOn(folder, failure)) {
        break;
      }
      try {
        each.getValue().run(StoreFolder.in(folder, there));
        failing.remove(described(folder));
      } catch (IOException | RuntimeException | Error e) {
        IOException failed = failed(described(folder), e);
        each.getValue().setUnknown(reason(failed));
        if (failure == null) {
          failure = failed;
        } else {
          failure.addSuppressed(failed);
        }
      }
    }
    if (failure != null) {
      setProblem(failure);
      throw failure;
    }
    problem = null;
    awaySince = OptionalLong.empty();
  }

  /** Whether the store answers: each folder would wait for it in vain otherwise. */
  private boolean goesOn(String folder, IOException failure) {
    if (upkeep.isClosed()) {
      return false;
    }
    try {
      store.list(folder);
      return true;
    } catch (IOException e) {
      failure.addSuppressed(e);
      setUnknown(failure);
      return false;
    }
  }

  /** Counts a failure, and says it where it is not the same as before. */
  private IOException failed(String what, Throwable e) {
    failures.incrementAndGet();
    if (failing.add(what) && !upkeep.isClosed()) {
      LOG.warn("{} cannot be worked with, blocks wait here meanwhile", what, e);
    }
    return e instanceof IOException failure ? failure : new IOException(e.toString(), e);
  }

  private String described(String folder) {
    return store.describe() + ": " + (folder.isEmpty() ? "blocks" : folder);
  }

  /** Looks what is in the store, and changes nothing; what comes of it is in {@link #status}. */
  public synchronized void look() {
    try {
      List<StoredObject> there = store.list("");
      problem = null;
      passes.forEach((folder, pass) -> look(folder, pass, there));
    } catch (IOException e) {
      setUnknown(e);
    }
  }

  /** At all of it, before anything is put there: queries wait for that. */
  private void lookFirst(List<StoredObject> there) {
    passes.forEach((folder, pass) -> {
      if (!pass.isKnown()) {
        look(folder, pass, there);
      }
    });
  }

  /** Where one folder cannot be looked at, the others are, and its turn to be worked on says so. */
  private void look(String folder, ObjectPass pass, List<StoredObject> there) {
    try {
      pass.look(StoreFolder.in(folder, there));
    } catch (IOException | RuntimeException | Error e) {
      problem = reason(e);
      pass.setUnknown(reason(e));
    }
  }

  private void setUnknown(IOException e) {
    setProblem(e);
    passes.values().forEach(pass -> pass.setUnknown(reason(e)));
  }

  private void setProblem(IOException e) {
    problem = reason(e);
    if (awaySince.isEmpty()) {
      awaySince = OptionalLong.of(clock.millis());
    }
  }

  private static String reason(Throwable e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** What is in the store and not here, as far as one knows. */
  public FarBlocks far() {
    List<String> names = new ArrayList<>();
    passes.forEach((folder, pass) -> pass.far().forEach(ulid -> names.add(folder + ulid)));
    Collections.sort(names);
    return new FarBlocks(store.describe(), problem, names);
  }

  /** How the store does. */
  public ObjectsStatus status() {
    Collection<ObjectPass> all = passes.values();
    return new ObjectsStatus(
        store.describe(),
        problem,
        awaySince,
        all.stream().mapToInt(ObjectPass::blocksThere).sum(),
        all.stream().mapToInt(ObjectPass::waiting).sum(),
        all.stream().mapToInt(ObjectPass::unreadable).sum(),
        all.stream().mapToLong(ObjectPass::uploaded).sum(),
        all.stream().mapToLong(ObjectPass::uploadedBytes).sum(),
        all.stream().mapToLong(ObjectPass::fetchedBytes).sum(),
        cache.usedBytes(),
        failures.get());
  }

  /**
   * Waits a little for the object that is being put; then that is broken off, and done another time
   * with the rest. A store that keeps on even so is left to itself.
   */
  @Override
  public void close() throws IOException {
    boolean ended = upkeep.close(PATIENCE_NANOS);
    store.close();
    if (!ended && !upkeep.close(PATIENCE_NANOS)) {
      LOG.warn("{} does not answer, the service stops without waiting for it", store.describe());
    }
  }
}
