package dnd.metrics.server.head;

/**
 * A file of chunks that a checkpoint speaks of.
 *
 * @param number in the file's name, from 1
 * @param bytes how large it is
 * @param chunks how many chunks of it the checkpoint's series have
 */
record ChunkFileUse(int number, long bytes, int chunks) {}
