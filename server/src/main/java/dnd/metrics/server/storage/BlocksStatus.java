package dnd.metrics.server.storage;

/**
 * The blocks, counted.
 *
 * @param series the sum over the blocks: a series that is in several counts several times
 * @param minMillis no sample is before this; {@link Long#MAX_VALUE} without blocks
 * @param maxMillis every sample is before this; {@link Long#MIN_VALUE} without blocks
 * @param tombstones spans of series that are deleted, until the blocks are written anew without
 *     them
 * @param deletions since the process began
 * @param setAside blocks that are damaged and not read
 */
public record BlocksStatus(
    int blocks,
    long bytes,
    long samples,
    long series,
    long minMillis,
    long maxMillis,
    long tombstones,
    long deletions,
    int setAside) {}
