package dnd.metrics.server.head;

/**
 * Where a finished chunk is.
 *
 * @param offset where its head begins
 */
record ChunkPlace(ChunkFile file, int offset) {}
