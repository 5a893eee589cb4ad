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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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

  /** Whether it was looked what is in the store; then queries need not wait for it. */
  private boolean looked;

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
    upkeep.startAtOnce(
        this::run,
        e -> LOG.warn("the object store cannot be worked with, blocks wait here meanwhile", e));
  }

  /**
   * Does what there is to do.
   *
   * @throws IOException where the store, or the disk, does not let it
   */
  synchronized void run() throws IOException {
    try {
      List<StoredObject> there = store.list("");
      if (!looked) { // at all of it, before anything is put there: queries wait for that
        lookFirst(there);
      }
      for (Map.Entry<String, ObjectPass> each : passes.entrySet()) {
        each.getValue().run(StoreFolder.in(each.getKey(), there));
      }
      problem = null;
      awaySince = OptionalLong.empty();
    } catch (IOException | RuntimeException | Error e) {
      setUnknown(e);
      if (awaySince.isEmpty()) {
        awaySince = OptionalLong.of(clock.millis());
      }
      throw e;
    }
  }

  /** Looks what is in the store, and changes nothing; what comes of it is in {@link #status}. */
  public synchronized void look() {
    try {
      look(store.list(""));
      problem = null;
    } catch (IOException e) {
      setUnknown(e);
    }
  }

  /** Where one folder cannot be looked at, the work on those before it goes on all the same. */
  private void lookFirst(List<StoredObject> there) {
    try {
      look(there);
    } catch (IOException e) {
      setUnknown(e); // and its turn to be worked on says so again
    }
  }

  private void look(List<StoredObject> there) throws IOException {
    for (Map.Entry<String, ObjectPass> each : passes.entrySet()) {
      each.getValue().look(StoreFolder.in(each.getKey(), there));
    }
    looked = true;
  }

  private void setUnknown(Throwable e) {
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    problem = reason;
    passes.values().forEach(pass -> pass.setUnknown(reason));
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
        upkeep.failures());
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
