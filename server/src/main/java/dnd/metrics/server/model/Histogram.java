package dnd.metrics.server.model;

/** A native histogram. (The body follows; see the contracts of this package.) */
public final class Histogram {}
