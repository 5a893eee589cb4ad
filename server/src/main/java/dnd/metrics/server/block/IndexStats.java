package dnd.metrics.server.block;

/**
 * The largest series in an index and the largest chunk, bytes: with them Thanos knows how much to
 * read at once.
 */
public record IndexStats(long seriesMaxBytes, long chunkMaxBytes) {}
