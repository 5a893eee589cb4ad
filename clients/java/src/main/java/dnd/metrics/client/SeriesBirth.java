package dnd.metrics.client;

/** What a series gets from the client that makes it. */
record SeriesBirth(long number, long createdMillis, ChangedSeries changes) {}
