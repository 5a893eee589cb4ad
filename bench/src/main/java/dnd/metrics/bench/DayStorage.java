package dnd.metrics.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * Where {@code bench day} lets the service keep its samples, so that in a day everything is seen
 * that can become of a block: it is put into the object store, merged, downsampled, its local copy
 * goes for want of room there, and in the end the block itself goes for want of room anywhere.
 *
 * @param mostBytes of all blocks, here and in the object store
 * @param localBytes of those on the local disk
 * @param cacheBytes of what is read of others
 * @param localHours what is older than half of it is downsampled; none is over
 */
record DayStorage(long mostBytes, long localBytes, long cacheBytes, int localHours) {
  /** Blocks are at most a tenth of it long: six hours. */
  static final String TIME = "60h";

  static final long HOUR_MILLIS = 3_600_000;

  /** What a sample takes, about, with the index of series that live for two hours. */
  private static final double BYTES_PER_SAMPLE = 1.8;

  /**
   * What there is room for anywhere: what goes ends in hour 9 at the latest, wherever ranges of six
   * hours begin in the day, and so has been downsampled.
   */
  private static final int ROOM_HOURS = 18;

  /** The same on the local disk: the first block goes from there in hour 11, and six hours stay. */
  private static final int LOCAL_HOURS = 10;

  /** One block of six hours goes at a time, so that more than half of the room is filled then. */
  private static final double LEAST_FILLED = 0.5;

  static DayStorage of(DayLoad load, int hours) {
    long samplesPerHour =
        HOUR_MILLIS / DayLoad.STEP_MILLIS * load.hosts() * DevopsLoad.METRICS.size();
    double perHour = BYTES_PER_SAMPLE * samplesPerHour;
    return new DayStorage(
        (long) (ROOM_HOURS * perHour),
        (long) (LOCAL_HOURS * perHour),
        Math.max(1 << 20, (long) perHour),
        hours + 2);
  }

  /** As configuration, with such a folder as the object store. */
  String yaml(Path objects) {
    return """
    storage:
      retention: {time: %s, size: %d}
      objects: file://%s
      objects_cache: %d
      local: {time: %dh, size: %d}
      downsampling: {5m: none}
    """
        .formatted(TIME, mostBytes, objects.toAbsolutePath(), cacheBytes, localHours, localBytes);
  }

  /**
   * Throws where blocks are not where they should be when all has come to rest.
   *
   * @param isWholeDay then something must have gone from the local disk, and something for good
   */
  void check(DayBlocks blocks, boolean isWholeDay, long firstMillis) {
    List<BlockOnDisk> all = blocks.all();
    for (BlockOnDisk block : blocks.local()) {
      require(blocks.stored().contains(block), block + " is not in the object store");
    }
    for (int i = 1; i < all.size(); i++) {
      require(
          all.get(i - 1).maxMillis() <= all.get(i).minMillis(),
          "blocks of one time: " + all.get(i - 1) + " and " + all.get(i));
    }
    require(!isWholeDay || !all.isEmpty(), "nothing is left in blocks");
    long bytes = DayBlocks.bytes(all);
    long local = DayBlocks.bytes(blocks.local());
    require(bytes <= mostBytes, "%,d bytes in blocks, more than %,d".formatted(bytes, mostBytes));
    require(local <= localBytes, "%,d bytes here, more than %,d".formatted(local, localBytes));
    boolean someWent = !all.isEmpty() && all.getFirst().minMillis() > firstMillis;
    require(
        !someWent || bytes >= LEAST_FILLED * mostBytes,
        "too much went for want of room: only %,d bytes of %,d are left"
            .formatted(bytes, mostBytes));
    if (isWholeDay) {
      require(someWent, "nothing went for want of room");
      require(!blocks.storedOnly().isEmpty(), "no block is in the object store only");
      require(
          local >= LEAST_FILLED * localBytes,
          "too much went from the local disk: only %,d bytes of %,d are left"
              .formatted(local, localBytes));
    }
  }

  /**
   * Throws where the object store is not used as it should be after all was read.
   *
   * @param someAreFar whether blocks are in the object store only
   */
  void check(ObjectFigures figures, boolean someAreFar) {
    require(figures.isKnown(), "the object store is away");
    require(!someAreFar || figures.fetchedBytes() > 0, "nothing was read from the object store");
    require(
        figures.cacheBytes() <= cacheBytes,
        "the cache has %,d bytes, more than %,d".formatted(figures.cacheBytes(), cacheBytes));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
