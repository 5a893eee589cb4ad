package dnd.metrics.server.head;

import static java.util.Objects.requireNonNull;

import dnd.metrics.server.index.LabelPair;
import dnd.metrics.server.model.Deletion;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Series by their numbers in the log, in pages, so that growing copies no series. Those of a
 * checkpoint are here as their places in it, those that have been silent for long are {@link
 * ParkedSeries parked}; both are made when they are asked for. One thread at a time adds and
 * removes; any number ask without a lock, but for the moment in which a series is made, which the
 * lock of its page guards.
 *
 * <p>One may turn out to be damaged ({@link DamagedSeriesException}): what it had when it was
 * parked, a chunk of it or a list of them. It stays where it is, and while there is one no
 * checkpoint may be written, behind which the log that has it would go.
 */
final class SeriesDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(SeriesDirectory.class);

  private static final int PAGE_BITS = 11;
  private static final int PAGE_SIZE = 1 << PAGE_BITS;
  private static final int PAGE_MASK = PAGE_SIZE - 1;

  /** How far a series looks for one of the same thing: two senders may make theirs in turn. */
  private static final int NEIGHBORS = 4;

  private static final int[] NO_PLACES = {};

  private volatile AtomicReferenceArray<@Nullable Page> pages = new AtomicReferenceArray<>(16);
  private volatile int count;
  private final AtomicInteger parkedCount = new AtomicInteger();

  /** The numbers of those that cannot be read, or not all of them. */
  private final Set<Integer> damaged = ConcurrentHashMap.newKeySet();

  /** Those of them that have something that was deleted, and why that was not done. */
  private final Map<Integer, String> overtaken = new ConcurrentHashMap<>();

  private static final class Page {
    final AtomicReferenceArray<@Nullable DirectoryEntry> entries =
        new AtomicReferenceArray<>(PAGE_SIZE);

    /** One more than the place in the checkpoint, 0 for none. */
    volatile int[] places = NO_PLACES;

    int place(int i) {
      int[] p = places;
      return p.length == 0 ? -1 : p[i] - 1;
    }

    boolean isEmpty() {
      for (int i = 0; i < PAGE_SIZE; i++) {
        if (entries.getPlain(i) != null || place(i) >= 0) {
          return false;
        }
      }
      return true;
    }
  }

  private StoredSeries stored = StoredSeries.none();

  /** Before anything else: where the series come from that are here by their places. */
  void storedIn(StoredSeries series) {
    stored = series;
  }

  StoredSeries stored() {
    return stored;
  }

  void add(HeadSeries series) {
    pageFor(series.ref).entries.setRelease(series.ref & PAGE_MASK, series);
    countMore(1);
  }

  /** Adds series of the checkpoint by their places in it, which are in a row. */
  void addStored(int[] refs, int firstPlace) {
    for (int i = 0; i < refs.length; i++) {
      Page page = pageFor(refs[i]);
      int[] places = page.places;
      if (places.length == 0) {
        places = new int[PAGE_SIZE];
        page.places = places;
      }
      places[refs[i] & PAGE_MASK] = firstPlace + i + 1;
    }
    countMore(refs.length);
  }

  private void countMore(int more) {
    int sum = count + more;
    count = sum;
  }

  private Page pageFor(int ref) {
    AtomicReferenceArray<@Nullable Page> all = pages;
    int at = ref >>> PAGE_BITS;
    if (at >= all.length()) {
      AtomicReferenceArray<@Nullable Page> more = new AtomicReferenceArray<>(at + 16 + (at >> 2));
      for (int i = 0; i < all.length(); i++) {
        more.setPlain(i, all.getPlain(i));
      }
      all = more;
      pages = more;
    }
    Page page = all.getPlain(at);
    if (page == null) {
      page = new Page();
      all.setRelease(at, page);
    }
    return page;
  }

  private @Nullable Page page(int ref) {
    AtomicReferenceArray<@Nullable Page> all = pages;
    int at = ref >>> PAGE_BITS;
    return at < all.length() ? all.getAcquire(at) : null;
  }

  /** Takes a series out; its number is not given again. */
  void remove(HeadSeries series) {
    Page page = page(series.ref);
    if (page == null) {
      throw new IllegalStateException("not in the directory: " + series.labels());
    }
    int i = series.ref & PAGE_MASK;
    synchronized (page) {
      if (page.places.length > 0) {
        page.places[i] = 0;
      }
      page.entries.setRelease(i, null);
    }
    overtaken.remove(series.ref);
    countMore(-1);
    if (page.isEmpty()) {
      pages.setRelease(series.ref >>> PAGE_BITS, null);
    }
  }

  /** How many there are. */
  int count() {
    return count;
  }

  /** How many of them are parked. */
  int parkedCount() {
    return parkedCount.get();
  }

  /**
   * Puts a series in the place of one that it is made of again; for the thread with the sender's
   * lock, which lets nobody append to the one that was there.
   */
  void park(HeadSeries series, ParkedSeries parked) {
    parkedCount.incrementAndGet(); // first: it may be made again at once
    requireNonNull(page(series.ref)).entries.setRelease(series.ref & PAGE_MASK, parked);
  }

  /**
   * What a parked series had, as {@link ParkedSeries#parts}; it is noted where that cannot be read.
   */
  CheckpointCursor parts(int ref, ParkedSeries parked) {
    try {
      CheckpointCursor parts = parked.parts();
      if (isNoted(ref) && !isDamaged(ref) && damaged.remove(ref)) {
        LOG.warn("the series {} can be read again", parked.labels());
      }
      return parts;
    } catch (DamagedSeriesException e) {
      if (damaged.add(ref)) {
        LOG.error(
            "{}; until then no checkpoint is written, so that it is not lost, and the log grows",
            e.getMessage());
      }
      throw e;
    }
  }

  /** Notes that a series, or a part of it, cannot be read, which is said the first time. */
  void noteDamaged(HeadSeries series, DamagedSeriesException e) {
    if (damaged.add(series.ref)) {
      LOG.error(
          "of the series {}: {}; until then no checkpoint is written and none of it is cut, so that"
              + " it is not lost, and the log grows",
          series.labels(),
          e.getMessage());
    }
  }

  /** Whether a series was found that cannot be read, and still cannot. */
  boolean isStillDamaged(int ref) {
    return isNoted(ref) && isDamaged(ref);
  }

  private boolean isNoted(int ref) {
    return (!damaged.isEmpty() && damaged.contains(ref))
        || (!overtaken.isEmpty() && overtaken.containsKey(ref));
  }

  /**
   * Looks at a series again that was found damaged.
   *
   * @throws DamagedSeriesException where it still is
   */
  void checkNoted(int ref) {
    if (isNoted(ref)) {
      check(ref);
    }
  }

  /** How many series were found that cannot be read. */
  int damagedCount() {
    return damaged.size();
  }

  /** Looks at those again; how many still cannot be read. */
  int lookAtDamaged() {
    damaged.removeIf(ref -> !isDamaged(ref));
    damaged.addAll(overtaken.keySet()); // also where somebody could read one in between
    return damaged.size();
  }

  private void check(int ref) {
    String reason = overtaken.get(ref);
    if (reason != null) {
      throw new DamagedSeriesException(reason + "; it still has what was deleted from it since");
    }
    DirectoryEntry entry;
    do { // again where it was parked or made meanwhile
      entry = entry(ref);
      switch (entry) {
        case HeadSeries series -> series.check();
        case ParkedSeries parked -> parked.make(ref, parked.parts()).check();
        case null -> {}
      }
    } while (!isEntry(ref, entry));
  }

  @SuppressWarnings("ReferenceEquality")
  private boolean isEntry(int ref, @Nullable DirectoryEntry entry) {
    return entry(ref) == entry;
  }

  /**
   * Notes that something was deleted from a series that it has still, since it is damaged: that
   * stays so, also where it can be read again, until a start deletes it.
   */
  void overtake(int ref, DamagedSeriesException e) {
    overtaken.put(ref, e.getMessage());
    damaged.add(ref);
  }

  private boolean isDamaged(int ref) {
    try {
      check(ref);
      return false;
    } catch (DamagedSeriesException e) {
      LOG.debug("still so", e);
      return true;
    }
  }

  private HeadSeries make(int ref, ParkedSeries parked) {
    return parked.make(ref, parts(ref, parked));
  }

  /**
   * The series; null where there is none, or while it is being made for the first time.
   *
   * @throws DamagedSeriesException where it is parked and cannot be read
   */
  @Nullable HeadSeries get(int ref) {
    Page page = page(ref);
    if (page == null) {
      return null;
    }
    DirectoryEntry entry = page.entries.getAcquire(ref & PAGE_MASK);
    if (entry instanceof HeadSeries series) {
      return series;
    }
    return entry == null && page.place(ref & PAGE_MASK) < 0 ? null : make(page, ref);
  }

  private @Nullable HeadSeries make(Page page, int ref) {
    int i = ref & PAGE_MASK;
    synchronized (page) {
      return switch (page.entries.getAcquire(i)) {
        case HeadSeries series -> series;
        case ParkedSeries parked -> {
          HeadSeries series = make(ref, parked);
          page.entries.setRelease(i, series);
          parked.release();
          parkedCount.decrementAndGet();
          yield series;
        }
        case null -> {
          int place = page.place(i);
          if (place < 0) {
            yield null;
          }
          HeadSeries series = stored.make(place, this);
          page.entries.setRelease(i, series);
          yield series;
        }
      };
    }
  }

  /** As {@link #get}; null also where the series is parked and cannot be read. */
  @Nullable HeadSeries readable(int ref) {
    try {
      return get(ref);
    } catch (DamagedSeriesException e) {
      LOG.debug("passed over", e); // it was told when it was found
      return null;
    }
  }

  /**
   * The same for who deletes from it: where it cannot be read now, it never is before a start,
   * which deletes anew. Null also for one that is parked and has no samples in that time.
   */
  @Nullable HeadSeries toDelete(int ref, Deletion deletion) {
    if (entry(ref) instanceof ParkedSeries parked
        && !parked.mayHaveSamples(deletion.fromMillis(), deletion.toMillis())) {
      return null;
    }
    HeadSeries series = readable(ref);
    if (series == null && entry(ref) instanceof ParkedSeries parked) {
      parked.overtake();
    }
    return series;
  }

  /**
   * As {@link #toRead}, for who may not read at all; of one that cannot be read, all but its
   * samples.
   */
  @Nullable HeadSeries find(int ref) {
    try {
      return toRead(ref);
    } catch (DamagedSeriesException e) {
      return entry(ref) instanceof ParkedSeries parked ? parked.withoutParts(ref) : get(ref);
    }
  }

  /**
   * As {@link #get}, for who only reads: a series that is parked stays so, and the one that is
   * returned is as it is at this moment.
   */
  @Nullable HeadSeries toRead(int ref) {
    Page page = page(ref);
    if (page != null && page.entries.getAcquire(ref & PAGE_MASK) instanceof ParkedSeries) {
      synchronized (page) { // so that the files of its chunks are there
        if (page.entries.getAcquire(ref & PAGE_MASK) instanceof ParkedSeries parked) {
          HeadSeries series = make(ref, parked);
          series.leave();
          return series;
        }
      }
    }
    return get(ref);
  }

  /** What there is of a series that is made or parked. */
  @Nullable DirectoryEntry entry(int ref) {
    Page page = page(ref);
    return page == null ? null : page.entries.getAcquire(ref & PAGE_MASK);
  }

  /** The series where it is made. */
  @Nullable HeadSeries made(int ref) {
    return entry(ref) instanceof HeadSeries series ? series : null;
  }

  /**
   * A series made about the same time that has the same labels but for the first, if there is one.
   */
  @Nullable HeadSeries neighbor(int ref, LabelPair[] labels) {
    for (int distance = 1; distance <= NEIGHBORS; distance++) {
      HeadSeries before = made(ref - distance);
      if (before != null && before.hasOtherLabels(labels)) {
        return before;
      }
      HeadSeries behind = made(ref + distance);
      if (behind != null && behind.hasOtherLabels(labels)) {
        return behind;
      }
    }
    return null;
  }

  /** The place of a series in the checkpoint, also of one that is made or parked; -1 for none. */
  int place(int ref) {
    Page page = page(ref);
    return page == null ? -1 : page.place(ref & PAGE_MASK);
  }

  /** The place of a series in the checkpoint that is not made yet; -1 for any other. */
  int placeOfUnmade(int ref) {
    Page page = page(ref);
    int i = ref & PAGE_MASK;
    return page == null || page.entries.getAcquire(i) != null ? -1 : page.place(i);
  }

  /**
   * The place of a series of which the checkpoint has all there is, so that it need not be made; -1
   * for any other.
   */
  int untouchedPlace(int ref) {
    int place = placeOfUnmade(ref);
    return place >= 0 && stored.isUntouched(place) ? place : -1;
  }

  /** Whether there may be samples between two times; makes no series. */
  boolean mayHaveSamples(int ref, long fromMillis, long toMillis) {
    int place = untouchedPlace(ref);
    if (place >= 0) {
      return stored.oldestMillis(place) <= toMillis && stored.newestMillis(place) >= fromMillis;
    }
    DirectoryEntry series = known(ref);
    return series != null && series.mayHaveSamples(fromMillis, toMillis);
  }

  /** The series, made or parked; one that only the checkpoint has is made. */
  private @Nullable DirectoryEntry known(int ref) {
    DirectoryEntry entry = entry(ref);
    return entry == null ? get(ref) : entry;
  }

  /**
   * The series, where there is one that can be read and it has no sample in the head; makes no
   * other.
   */
  @Nullable HeadSeries withoutSamples(int ref) {
    return oldestMillis(ref) == Long.MAX_VALUE ? readable(ref) : null;
  }

  /** Time of the oldest sample in the head; the largest long for none. */
  long oldestMillis(int ref) {
    int place = untouchedPlace(ref);
    if (place >= 0) {
      return stored.oldestMillis(place);
    }
    DirectoryEntry series = known(ref);
    return series == null ? Long.MAX_VALUE : series.oldestMillis();
  }

  /** Time of the newest sample that there ever was; the smallest long for none. */
  long newestMillis(int ref) {
    int place = untouchedPlace(ref);
    if (place >= 0) {
      return stored.newestMillis(place);
    }
    DirectoryEntry series = known(ref);
    return series == null ? Long.MIN_VALUE : series.newestMillis();
  }
}
