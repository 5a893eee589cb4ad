package dnd.metrics.server.block;

/** A block by its name and its range: as the parent of another. */
public record BlockReference(Ulid ulid, long minMillis, long maxMillis) {}
