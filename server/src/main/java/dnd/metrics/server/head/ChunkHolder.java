package dnd.metrics.server.head;

/** Where a finished chunk is: on the heap by itself, or with others in a file. */
sealed interface ChunkHolder permits FinishedChunk, ChunkFile {}
