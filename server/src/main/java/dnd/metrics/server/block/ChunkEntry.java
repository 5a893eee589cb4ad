package dnd.metrics.server.block;

/**
 * What an index says of a chunk: the times of its first and last sample, Unix milliseconds, and
 * where it is.
 */
record ChunkEntry(long firstMillis, long lastMillis, long reference) {}
